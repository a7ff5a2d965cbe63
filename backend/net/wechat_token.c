#include "wechat_token.h"

#include <sodium.h>
#include <string.h>

#include "clock.h"
#include "random.h"

#define LEAD_MS      300000   /* "five minutes before" */
#define SPREAD_MS    60000    /* of the hubs among themselves */
#define LAST_MS      5000     /* of its life it is not used: a call takes its time */
#define PAUSE_MS     200      /* between looks at what another hub has got */
#define PATIENCE_US  10000000 /* for that hub */
#define REST_US      5000000  /* while another hub renews a token that is still good */
#define FAILURE_US   1000000  /* after a failure */
#define DROP_REST_US 60000000

static void take(struct token_keeper *keeper);

static bool
is_good(const struct token_keeper *keeper)
{
	return keeper->token.expires_ms > clock_wall_ms() + LAST_MS;
}

static void
settle(struct token_keeper *keeper)
{
	uint64_t rest_us = is_good(keeper) ? REST_US : FAILURE_US;

	keeper->state = KEEPER_IDLE;
	keeper->not_before_us = clock_mono_us() + rest_us;
	keeper->settled(keeper->context);
}

static void
on_pause_over(uv_timer_t *timer)
{
	take(timer->data);
}

static void
caller_gone(struct token_keeper *keeper)
{
	if (--keeper->callers == 0)
		keeper->closed(keeper->context);
}

/* Who waits goes on with the old one if that is good; he may also end everything. */
static void
renew(struct token_keeper *keeper)
{
	keeper->state = KEEPER_ASKING;
	if (is_good(keeper))
		keeper->settled(keeper->context);
	if (keeper->closed)
		keeper->store.put(NULL, keeper->store.context);
	else
		keeper->ask(keeper->context);
}

static void
on_taken(const struct wechat_token *token, bool is_leased, void *asker)
{
	struct token_keeper *keeper = asker;

	if (keeper->closed) {
		if (is_leased)
			keeper->store.put(NULL, keeper->store.context);
		caller_gone(keeper);
		return;
	}
	keeper->callers--;
	if (token && token->expires_ms != keeper->stale_ms)
		keeper->token = *token;
	if (is_leased) {
		renew(keeper);
	} else if (is_good(keeper) || clock_mono_us() >= keeper->patience_us) {
		settle(keeper);
	} else {
		keeper->state = KEEPER_PAUSING;
		uv_timer_start(&keeper->pause, on_pause_over, PAUSE_MS, 0);
	}
}

static void
take(struct token_keeper *keeper)
{
	keeper->state = KEEPER_TAKING;
	keeper->callers++;
	keeper->store.take(
		clock_wall_ms() + keeper->lead_ms, keeper->stale_ms, on_taken, keeper, keeper->store.context);
}

bool
keeper_want(struct token_keeper *keeper)
{
	if (keeper->state != KEEPER_IDLE)
		return true;
	if (clock_mono_us() < keeper->not_before_us)
		return false;
	keeper->patience_us = clock_mono_us() + PATIENCE_US;
	take(keeper);
	return true;
}

const struct wechat_token *
keeper_token(struct token_keeper *keeper)
{
	if (!is_good(keeper))
		return NULL;
	if (keeper->token.expires_ms <= clock_wall_ms() + keeper->lead_ms)
		keeper_want(keeper); /* and nobody waits for it */
	return &keeper->token;
}

void
keeper_asked(struct token_keeper *keeper, const struct wechat_answer *answer)
{
	if (answer->outcome == WECHAT_DONE) {
		strcpy(keeper->token.text, answer->grant.token);
		keeper->token.expires_ms = clock_wall_ms() + (uint64_t)answer->grant.expires_in_s * 1000;
		keeper->stale_ms = 0;
	}
	keeper->store.put(answer->outcome == WECHAT_DONE ? &keeper->token : NULL, keeper->store.context);
	settle(keeper);
}

bool
keeper_drop(struct token_keeper *keeper, uint64_t expires_ms)
{
	if (keeper->token.expires_ms != expires_ms)
		return true;
	if (clock_mono_us() < keeper->drop_after_us)
		return false;
	keeper->drop_after_us = clock_mono_us() + DROP_REST_US;
	keeper->not_before_us = 0;
	keeper->stale_ms = expires_ms;
	sodium_memzero(&keeper->token, sizeof(keeper->token));
	return true;
}

void
keeper_init(struct token_keeper *keeper, uv_loop_t *loop)
{
	uint32_t random;

	random_fill(&random, sizeof(random));
	keeper->lead_ms = LEAD_MS - random % SPREAD_MS;
	keeper->callers = 1;
	uv_timer_init(loop, &keeper->pause);
	keeper->pause.data = keeper;
}

static void
on_pause_closed(uv_handle_t *pause)
{
	caller_gone(pause->data);
}

void
keeper_close(struct token_keeper *keeper, void (*closed)(void *context))
{
	keeper->closed = closed;
	uv_close((uv_handle_t *)&keeper->pause, on_pause_closed);
}
