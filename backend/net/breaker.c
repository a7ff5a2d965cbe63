#include "breaker.h"

bool
breaker_allows(struct breaker *breaker, uint64_t now_us)
{
	if (breaker->state == BREAKER_CLOSED)
		return true;
	if (breaker->state == BREAKER_TRIAL || now_us < breaker->open_until_us)
		return false;
	breaker->state = BREAKER_TRIAL;
	return true;
}

bool
breaker_succeeded(struct breaker *breaker)
{
	bool was_closed = breaker->state == BREAKER_CLOSED;

	breaker->state = BREAKER_CLOSED;
	breaker->failures = 0;
	return !was_closed;
}

/* What was asked before it opened may still fail; that makes the pause no longer. */
bool
breaker_failed(struct breaker *breaker, uint64_t now_us)
{
	if (breaker->state == BREAKER_OPEN)
		return false;
	if (breaker->state == BREAKER_CLOSED && ++breaker->failures < BREAKER_FAILURES)
		return false;
	breaker->state = BREAKER_OPEN;
	breaker->open_until_us = now_us + breaker->pause_us;
	return true;
}
