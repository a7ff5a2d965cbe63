#include "status.h"

#define STATUS_NAME(name, number) {number, #name},
static const struct {
	enum status status;
	const char *name;
} names[] = {STATUS_LIST(STATUS_NAME)};
#undef STATUS_NAME

const char *
status_name(enum status status)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].status == status)
			return names[i].name;
	return "UNKNOWN";
}

bool
status_parse(enum status *out, struct text name)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!text_equal(name, text_of(names[i].name)))
			continue;
		*out = names[i].status;
		return true;
	}
	return false;
}
