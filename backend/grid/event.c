#include "event.h"

bool
line_state_parse(enum line_state *out, struct text name)
{
	static const struct {
		struct text name;
		enum line_state state;
	} states[] = {
		{{"confirmed", 9}, LINE_CONFIRMED},
		{{"waiting", 7}, LINE_WAITING},
		{{"struck", 6}, LINE_STRUCK},
	};

	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		if (!text_equal(name, states[i].name))
			continue;
		*out = states[i].state;
		return true;
	}
	return false;
}
