/*
 * The only place that knows gettext and locales.  A build without gettext
 * speaks English.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "base/language.h"

#include <locale.h>
#include <stddef.h>
#include <stdlib.h>
#ifdef HAVE_NLS
#include <langinfo.h>
#include <libintl.h>
#include <string.h>
#include <unistd.h>
#ifdef HAVE_XLOCALE_H
#include <xlocale.h>
#endif

#define DOMAIN "tcpladder"

/* Where the catalogues are; translators try theirs without installing it, but nobody a privileged program's. */
static const char *
language_folder(void)
{
#if defined HAVE_SECURE_GETENV
	const char *folder = secure_getenv("TCPLADDER_LOCALEDIR");
#elif defined HAVE_ISSETUGID
	const char *folder = issetugid() ? NULL : getenv("TCPLADDER_LOCALEDIR");
#else
	bool own = getuid() == geteuid() && getgid() == getegid();
	const char *folder = own ? getenv("TCPLADDER_LOCALEDIR") : NULL;
#endif

	if (folder != NULL && folder[0] == '/')
		return folder;
	return LOCALEDIR;
}
#endif

void
language_begin(void)
{
	/* Only how characters are encoded: numbers look the same everywhere. */
	setlocale(LC_CTYPE, "");
#ifdef HAVE_NLS
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return;		/* our texts are UTF-8, and couldn't be shown */
	setlocale(LC_MESSAGES, "");
	bindtextdomain(DOMAIN, language_folder());
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	/* What no catalogue has is looked for in all there are, so that all are open from here on. */
	(void)dgettext(DOMAIN, "\001");
#endif
}

const char *
language_text(const char *text)
{
#ifdef HAVE_NLS
	if (text[0] != '\0')	/* of which gettext would tell about the catalogue */
		return dgettext(DOMAIN, text);
#endif
	return text;
}

const char *
language_plural(const char *one, const char *many, uint64_t n)
{
#ifdef HAVE_NLS
	/* no language's plural depends on more than the last digits of so large a number */
	return dngettext(DOMAIN, one, many, (unsigned long)(n < 2000000 ? n : n % 1000000 + 1000000));
#else
	return n == 1 ? one : many;
#endif
}

const char *
language_text_in(const char *with_context, const char *text)
{
#ifdef HAVE_NLS
	const char *found = dgettext(DOMAIN, with_context);

	return found != with_context ? found : text;
#else
	(void)with_context;
	return text;
#endif
}

bool
language_is_wide(void)
{
#ifdef HAVE_NLS
	/* A catalogue says so itself: it is only there where characters can be shown. */
	return strcmp(C_("how wide letters are on a terminal: wide (as Chinese), or narrow", "narrow"), "wide") == 0;
#else
	return false;
#endif
}

void
language_english_begin(struct language_english *english)
{
	english->before = english->meanwhile = NULL;
#ifdef HAVE_NLS
	/* All else as it is: what characters are must not change. */
	locale_t before = uselocale((locale_t)0), meanwhile = duplocale(before), plain;

	if (meanwhile == (locale_t)0)
		return;
	plain = newlocale(LC_MESSAGES_MASK, "C", meanwhile);
	if (plain == (locale_t)0) {
		freelocale(meanwhile);
		return;
	}
	uselocale(plain);
	english->before = (void *)before;
	english->meanwhile = (void *)plain;
#endif
}

void
language_english_end(struct language_english *english)
{
#ifdef HAVE_NLS
	if (english->meanwhile == NULL)
		return;
	uselocale((locale_t)english->before);
	freelocale((locale_t)english->meanwhile);
	english->before = english->meanwhile = NULL;
#else
	(void)english;
#endif
}
