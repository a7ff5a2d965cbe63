/* lang.h - Chinese and English, side by side where they are said.
 *
 * Every sentence is written as T("in English", "中文"), so that neither can be forgotten. Which one is shown follows
 * the locale as gettext reads it: LANGUAGE, LC_ALL, LC_MESSAGES, LANG; --lang overrides. */
#ifndef GV_LANG_H
#define GV_LANG_H

#include <stdbool.h>

#define T(english, chinese) (lang_is_chinese() ? (chinese) : (english))

/* Reads the environment. Also makes the C library treat text as UTF-8. */
void lang_init(void);

/* "zh" or "en". False, and nothing is changed, for anything else. */
bool lang_set(const char *name);

bool lang_is_chinese(void);

#endif
