#include "lang.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

static bool chinese; /* set once, before anything is said */

void
lang_init(void)
{
	static const char *const names[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);
		if (!value || value[0] == '\0')
			continue;
		chinese = strncmp(value, "zh", 2) == 0;
		break;
	}
	/* C.UTF-8 is there on any Debian; what the user chose may not be installed, or not be UTF-8. */
	setlocale(LC_ALL, "C.UTF-8");
}

bool
lang_set(const char *name)
{
	if (strcmp(name, "zh") != 0 && strcmp(name, "en") != 0)
		return false;
	chinese = name[0] == 'z';
	return true;
}

bool
lang_is_chinese(void)
{
	return chinese;
}
