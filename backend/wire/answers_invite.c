/* answers_invite.c - a way in for somebody without WeChat. */
#include "answers_private.h"

struct piece *
answer_invite_give(uint64_t id, const char *token, struct id person, uint64_t until_ms)
{
	Gridvanguard__V1__InviteGiveResult result = GRIDVANGUARD__V1__INVITE_GIVE_RESULT__INIT;
	char text[ID_TEXT];

	result.token = UNCONST(token);
	result.person = id_print(text, person);
	result.until_ms = until_ms;
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_INVITE_GIVE, &result);
}
