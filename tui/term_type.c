/*
 * Whether the terminal's type can carry the screen, asked before newterm()
 * writes anything.  A file of its own, since terminfo's header takes the
 * names `struct term`, `columns` and `lines` for itself.
 */
#include "tui/term_type.h"

#include <curses.h>
#include <stdlib.h>
#include <term.h>

#include "base/text.h"

bool
term_type_check(int descriptor, struct error *error)
{
	const char *type = getenv("TERM");
	char safe[64];
	int code;
	bool moves;

	if (type == NULL || type[0] == '\0')
		return error_set(error, "TERM isn't set, so the terminal's kind isn't known: "
		    "set it (for instance TERM=xterm), or use --print=list");
	text_safe_string(safe, sizeof safe, type);
	if (setupterm(type, descriptor, &code) != OK)
		return error_set(error, "the terminal type \"%s\" (TERM) isn't known here: "
		    "set TERM to one that is, for instance xterm, or use --print=list", safe);
	moves = tigetstr("cup") != NULL && tigetstr("cup") != (char *)-1 && !tigetflag("hc");
	del_curterm(cur_term);
	if (!moves)
		return error_set(error, "the terminal type \"%s\" (TERM) can't place the cursor: "
		    "set TERM to what this terminal is, or use --print=list", safe);
	return true;
}
