/* answers_desk.c - a desk that is to be let in by a phone. */
#include <stdio.h>

#include "answers_private.h"

struct piece *
answer_desk_open(uint64_t id, const char *ticket, const char *secret, uint32_t number, uint64_t until_ms)
{
	Gridvanguard__V1__DeskOpenResult result = GRIDVANGUARD__V1__DESK_OPEN_RESULT__INIT;

	result.ticket = UNCONST(ticket);
	result.secret = UNCONST(secret);
	result.number = number;
	result.until_ms = until_ms;
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_DESK_OPEN, &result);
}

struct piece *
answer_desk_show(uint64_t id, struct text device, struct text address, uint32_t number, uint64_t until_ms)
{
	Gridvanguard__V1__DeskShowResult result = GRIDVANGUARD__V1__DESK_SHOW_RESULT__INIT;

	result.device = UNCONST(device.data);
	result.address = UNCONST(address.data);
	result.number = number;
	result.until_ms = until_ms;
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_DESK_SHOW, &result);
}
