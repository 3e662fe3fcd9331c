/*
 * Where things stand on a saved screen, in terminal cells as the C library
 * counts them, so that nothing of the program's own is believed.
 *
 *	cells words <FILE	of each line, START-END of each word
 *	cells at WHAT <FILE	of each line, where which of the characters WHAT stands
 *	cells width <FILE	of each line, how many cells it takes
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static int
cells_of(wchar_t c)
{
	int cells = wcwidth(c);

	return cells < 0 ? 1 : cells;
}

static void
put_words(const wchar_t *line)
{
	int at = 0, begun = -1;
	const char *before = "";

	for (;; line++) {
		int blank = *line == L' ' || *line == L'\0';

		if (!blank && begun < 0)
			begun = at;
		if (blank && begun >= 0) {
			printf("%s%d-%d", before, begun, at);
			before = " ";
			begun = -1;
		}
		if (*line == L'\0')
			break;
		at += cells_of(*line);
	}
	putchar('\n');
}

static void
put_places(const wchar_t *line, const wchar_t *what)
{
	int at = 0;
	const char *before = "";

	for (; *line != L'\0'; line++) {
		if (wcschr(what, *line) != NULL) {
			printf("%s%d%lc", before, at, (wint_t)*line);
			before = " ";
		}
		at += cells_of(*line);
	}
	putchar('\n');
}

int
main(int argc, char **argv)
{
	static wchar_t line[8192];
	wchar_t what[64] = L"";

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL || argc < 2)
		return 2;
	if (argc > 2)
		mbstowcs(what, argv[2], sizeof what / sizeof what[0] - 1);
	while (fgetws(line, (int)(sizeof line / sizeof line[0]), stdin) != NULL) {
		int sum = 0;

		line[wcscspn(line, L"\n")] = L'\0';
		if (strcmp(argv[1], "words") == 0) {
			put_words(line);
		} else if (strcmp(argv[1], "at") == 0) {
			put_places(line, what);
		} else {
			for (const wchar_t *c = line; *c != L'\0'; c++)
				sum += cells_of(*c);
			printf("%d\n", sum);
		}
	}
	return ferror(stdin) != 0;
}
