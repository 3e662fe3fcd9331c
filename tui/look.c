/*
 * The palette: one row a style.  The 256-colour numbers are chosen so that
 * each has a contrast of at least 3:1 on both black and white.
 */
#include "tui/look.h"

#include <stdlib.h>
#include <string.h>

struct look_row {
	short of_256, of_16, of_8;	/* foregrounds */
	unsigned attributes;		/* with colours */
	unsigned mono;			/* without */
	short selected;			/* foreground of 256 where the row is selected */
};

enum { OWN = -1, GREY = 244, BLUE = 33, STEEL = 68, ORANGE = 172, VERMILION = 202, TEAL = 30, PURPLE = 133 };
enum { ON_SELECTED = 255, DIM_ON_SELECTED = 250, ORANGE_ON_SELECTED = 222, BLUE_ON_SELECTED = 153 };

static const struct look_row looks[STYLES] = {
	[STYLE_NORMAL]      = { OWN, OWN, OWN, 0, 0, ON_SELECTED },
	[STYLE_DIM]         = { GREY, 8, OWN, 0, 0, DIM_ON_SELECTED },
	[STYLE_TITLE]       = { OWN, OWN, OWN, LOOK_BOLD, LOOK_BOLD, ON_SELECTED },
	[STYLE_HEADING]     = { GREY, 8, OWN, LOOK_BOLD, LOOK_UNDERLINE, DIM_ON_SELECTED },
	[STYLE_LABEL]       = { GREY, 8, OWN, 0, 0, DIM_ON_SELECTED },
	[STYLE_STRONG]      = { OWN, OWN, OWN, LOOK_BOLD, LOOK_BOLD, ON_SELECTED },
	[STYLE_CLIENT]      = { BLUE, 12, 4, 0, 0, BLUE_ON_SELECTED },
	[STYLE_SERVER]      = { ORANGE, 3, 3, 0, 0, ORANGE_ON_SELECTED },
	[STYLE_RAIL]        = { GREY, 8, OWN, 0, 0, DIM_ON_SELECTED },
	[STYLE_STATE]       = { OWN, OWN, OWN, 0, 0, ON_SELECTED },
	[STYLE_PROVISIONAL] = { GREY, 8, OWN, 0, 0, DIM_ON_SELECTED },
	[STYLE_REFUTED]     = { ORANGE, 3, 3, LOOK_UNDERLINE, LOOK_UNDERLINE, ORANGE_ON_SELECTED },
	[STYLE_OPENING]     = { BLUE, 12, 4, LOOK_BOLD, LOOK_BOLD, BLUE_ON_SELECTED },
	[STYLE_OPEN]        = { OWN, OWN, OWN, 0, 0, ON_SELECTED },
	[STYLE_ACK]         = { GREY, 8, OWN, 0, 0, DIM_ON_SELECTED },
	[STYLE_CLOSING]     = { STEEL, 12, 4, 0, 0, BLUE_ON_SELECTED },
	[STYLE_CLOSED]      = { GREY, 8, OWN, 0, 0, DIM_ON_SELECTED },
	[STYLE_RESET]       = { VERMILION, 3, 3, LOOK_BOLD, LOOK_BOLD, ORANGE_ON_SELECTED },
	[STYLE_RESENT]      = { ORANGE, 3, 3, LOOK_BOLD, LOOK_BOLD, ORANGE_ON_SELECTED },
	[STYLE_TROUBLE]     = { ORANGE, 3, 3, 0, LOOK_BOLD, ORANGE_ON_SELECTED },
	[STYLE_NOTE]        = { GREY, 8, OWN, 0, 0, DIM_ON_SELECTED },
	[STYLE_FOLD]        = { GREY, 8, OWN, 0, 0, DIM_ON_SELECTED },
	[STYLE_MARKED]      = { OWN, OWN, OWN, LOOK_REVERSE, LOOK_REVERSE, ON_SELECTED },
	[STYLE_ERROR]       = { VERMILION, 3, 3, LOOK_BOLD, LOOK_BOLD, ORANGE_ON_SELECTED },
	[STYLE_FIRST]       = { BLUE, 12, 4, 0, 0, BLUE_ON_SELECTED },
	[STYLE_SECOND]      = { ORANGE, 3, 3, 0, 0, ORANGE_ON_SELECTED },
	[STYLE_THIRD]       = { TEAL, 6, 6, 0, 0, ON_SELECTED },
	[STYLE_FOURTH]      = { PURPLE, 5, 5, 0, 0, ON_SELECTED },
	[STYLE_FIFTH]       = { GREY, 8, OWN, 0, 0, DIM_ON_SELECTED }
};

enum { SELECTED_256 = 24, BLUE_8 = 4, WHITE_8 = 7 };

/* Both colours are set, so that it can be read whatever the terminal's own are. */
static struct look
look_selected(const struct look_row *row, enum look_depth depth)
{
	unsigned bold = row->attributes & LOOK_BOLD;

	switch (depth) {
	case LOOK_MONO:
		return (struct look){ OWN, OWN, LOOK_REVERSE | (row->mono & LOOK_BOLD) };
	case LOOK_8:
	case LOOK_16:
		return (struct look){ WHITE_8, BLUE_8, bold };
	case LOOK_256:
		return (struct look){ row->selected, SELECTED_256, bold };
	case LOOK_DEPTHS:
		break;
	}
	return (struct look){ OWN, OWN, 0 };
}

struct look
look_of(enum style style, enum picture_emphasis emphasis, enum look_depth depth)
{
	const struct look_row *row = &looks[style];

	if (emphasis == PICTURE_SELECTED)
		return look_selected(row, depth);
	switch (depth) {
	case LOOK_MONO:
		return (struct look){ OWN, OWN, row->mono };
	case LOOK_8:
		return (struct look){ row->of_8, OWN, row->attributes };
	case LOOK_16:
		return (struct look){ row->of_16, OWN, row->attributes };
	case LOOK_256:
		return (struct look){ row->of_256, OWN, row->attributes };
	case LOOK_DEPTHS:
		break;
	}
	return (struct look){ OWN, OWN, 0 };
}

struct look
look_in(const struct look_palette *palette, enum style style, enum picture_emphasis emphasis,
    enum look_depth depth)
{
	static const short colors[LOOK_DEPTHS] = { [LOOK_MONO] = 0, [LOOK_8] = 8, [LOOK_16] = 16, [LOOK_256] = 256 };
	struct look look = look_of(style, emphasis, depth);
	const struct look *wanted;

	if (palette == NULL || !palette->given[style] || emphasis == PICTURE_SELECTED)
		return look;
	wanted = &palette->look[style];
	/* without colours something must still stand out where something did */
	if (depth != LOOK_MONO || wanted->attributes != 0)
		look.attributes = wanted->attributes;
	if (wanted->foreground < colors[depth])
		look.foreground = wanted->foreground;
	if (wanted->background < colors[depth])
		look.background = wanted->background;
	return look;
}

unsigned
look_attribute_named(const char *name)
{
	static const struct {
		const char *name;
		unsigned attribute;
	} names[] = {
		{ "bold", LOOK_BOLD }, { "dim", LOOK_DIM }, { "underline", LOOK_UNDERLINE }, { "reverse", LOOK_REVERSE }
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].attribute;
	return 0;
}

int
look_color_named(const char *name)
{
	static const char *const names[] = { "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white" };
	bool bright = strncmp(name, "bright-", 7) == 0;
	char *end;
	long number;

	if (strcmp(name, "default") == 0)
		return OWN;
	for (int i = 0; i < 8; i++)
		if (strcmp(names[i], bright ? name + 7 : name) == 0)
			return i + (bright ? 8 : 0);
	number = strtol(name, &end, 10);
	return name[0] >= '0' && name[0] <= '9' && *end == '\0' && number <= 255 ? (int)number : -2;
}
