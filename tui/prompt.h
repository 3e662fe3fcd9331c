/*
 * One line of input at the foot of the screen: text with a cursor, what it
 * is asked for, and whom to tell when it changes or is done.
 */
#ifndef TCPLADDER_TUI_PROMPT_H
#define TCPLADDER_TUI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct app;
struct picture;

enum { PROMPT_TEXT_MAX = 512, PROMPT_PROBLEM_MAX = 240, PROMPT_HISTORY = 16, PROMPT_HISTORIES = 8, PROMPT_QUESTION_MAX = 80 };

struct prompt_class {
	const char *label;		/* "Port" */
	const char *hint;		/* dim, while there is room */
	/* A question: y answers it with done(), n or anything that ends a prompt with cancelled(). */
	bool asks;
	/* Whether this character may be typed; NULL: all may. */
	bool (*accepts)(uint32_t character);
	/*
	 * The text changed: what is wrong with it goes to app->prompt.problem
	 * and problem_at, or nothing does.  May be NULL.
	 */
	void (*changed)(struct app *app, const char *text);
	/* Enter. false: it stays open (there is a problem). */
	bool (*done)(struct app *app, const char *text);
	/* Esc: back to what was before. May be NULL. */
	void (*cancelled)(struct app *app, const char *before);
	/*
	 * Tab: the text with the word before the cursor completed (PROMPT_TEXT_MAX bytes) and the cursor
	 * behind that, and what is possible where there are several; or false.  May be NULL.
	 */
	bool (*complete)(const char *text, size_t *cursor, char *out, char *choices, size_t size);
};

/* What was entered in prompts of a class. */
struct prompt_history {
	const struct prompt_class *class;
	char text[PROMPT_HISTORY][PROMPT_TEXT_MAX];
	unsigned count;
};

struct prompt {
	const struct prompt_class *class;	/* NULL: not open */
	char question[PROMPT_QUESTION_MAX];	/* in the label's place; "": the label */
	char text[PROMPT_TEXT_MAX];
	char before[PROMPT_TEXT_MAX];	/* what it began with */
	size_t length, cursor;		/* bytes */
	char problem[PROMPT_PROBLEM_MAX];
	size_t problem_at;
	struct prompt_history histories[PROMPT_HISTORIES], *history;
	unsigned history_at;
};

void prompt_open(struct prompt *p, const struct prompt_class *class, const char *text);
void prompt_ask(struct prompt *p, const struct prompt_class *class, const char *question);
void prompt_key(struct app *app, struct prompt *p, int key);

/* Draws it on this line, and what is wrong on the line above if it `tells`; sets the picture's cursor. */
void prompt_draw(const struct prompt *p, struct picture *picture, int line, bool tells);

#endif
