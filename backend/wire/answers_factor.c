/* answers_factor.c - the second factor, as it is told once. */
#include "answers_private.h"

struct piece *
answer_factor_begin(uint64_t id, const char *secret, const char *uri)
{
	Gridvanguard__V1__FactorBeginResult result = GRIDVANGUARD__V1__FACTOR_BEGIN_RESULT__INIT;

	result.secret = UNCONST(secret);
	result.uri = UNCONST(uri);
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_FACTOR_BEGIN, &result);
}

struct piece *
answer_factor_confirm(uint64_t id, char *const *recovery, size_t count)
{
	Gridvanguard__V1__FactorConfirmResult result = GRIDVANGUARD__V1__FACTOR_CONFIRM_RESULT__INIT;

	result.recovery = UNCONST(recovery);
	result.n_recovery = count;
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_FACTOR_CONFIRM, &result);
}
