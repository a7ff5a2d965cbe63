#include "city.h"

#include <stdlib.h>

#include "clock.h"
#include "macros.h"
#include "program.h"

#define TICK_MS 2

/* The store. */

struct asked {
	uv_timer_t timer;
	struct store *store;
	uint64_t due_ms;
	uint64_t stale_ms;
	wechat_taken *taken;
	void *asker;
};

static void
on_asked_closed(uv_handle_t *timer)
{
	free(timer->data);
}

static void
on_asked(uv_timer_t *timer)
{
	struct asked *asked = timer->data;
	struct store *store = asked->store;
	uint64_t expires_ms = store->token.expires_ms;
	bool is_due = expires_ms <= asked->due_ms || expires_ms == asked->stale_ms;
	bool is_leased = is_due && !store->is_leased;

	store->is_leased |= is_leased;
	asked->taken(expires_ms ? &store->token : NULL, is_leased, asked->asker);
	uv_close((uv_handle_t *)timer, on_asked_closed);
}

static void
take(uint64_t due_ms, uint64_t stale_ms, wechat_taken *taken, void *asker, void *context)
{
	struct store *store = context;
	struct asked *asked = calloc(1, sizeof(*asked));

	assert_non_null(asked);
	*asked = (struct asked){.store = store, .due_ms = due_ms, .stale_ms = stale_ms, .taken = taken, .asker = asker};
	store->takes++;
	uv_timer_init(store->loop, &asked->timer);
	asked->timer.data = asked;
	uv_timer_start(&asked->timer, on_asked, 0, 0);
}

static void
put(const struct wechat_token *token, void *context)
{
	struct store *store = context;

	assert_true(store->is_leased);
	store->is_leased = false;
	if (token)
		store->token = *token;
	store->puts += token != NULL;
	store->given_up += token == NULL;
}

/* The city. */

static void
on_tick(uv_timer_t *timer)
{
	struct city *city = timer->data;
	uint64_t now_us = clock_mono_us();

	city->ticks++;
	city->longest_gap_us = MAX(city->longest_gap_us, now_us - city->last_tick_us);
	city->last_tick_us = now_us;
}

struct wechat_options
city_options(struct city *city)
{
	return (struct wechat_options){
		.base = stand_in_base(city->wechat),
		.appid = STAND_IN_APPID,
		.secret = STAND_IN_SECRET,
		.connect_ms = CONNECT_MS,
		.total_ms = TOTAL_MS,
		.pause_ms = PAUSE_MS,
		.store = {take, put, &city->store},
	};
}

static void
on_hub_closed(void *context)
{
	struct city *city = context;

	city->hubs_closed++;
}

void
city_end_hub(struct city *city, unsigned hub)
{
	struct wechat *wechat = city->hubs[hub];

	city->hubs_ended++;
	city->hubs[hub] = NULL; /* who hears of it may end it too */
	wechat_destroy(wechat, on_hub_closed, city);
}

static struct wechat *
make_hub(struct city *city, const struct wechat_options *options)
{
	const char *why = "";
	struct wechat *hub = wechat_create(&city->loop, options, &why);

	if (!hub)
		fail_msg("no client: %s", why);
	return hub;
}

void
city_make_hub(struct city *city, unsigned hub)
{
	struct wechat_options options = city_options(city);

	city->hubs[hub] = make_hub(city, &options);
}

void
city_replace(struct city *city, const struct wechat_options *options)
{
	city_end_hub(city, 0);
	city->hubs[0] = make_hub(city, options);
}

int
city_open(void **state)
{
	struct city *city = calloc(1, sizeof(*city));

	assert_non_null(city);
	uv_loop_init(&city->loop);
	city->store.loop = &city->loop;
	city->wechat = stand_in_open(&city->loop);
	for (unsigned i = 0; i < HUBS; i++)
		city_make_hub(city, i);
	uv_timer_init(&city->loop, &city->clock);
	city->clock.data = city;
	city->last_tick_us = clock_mono_us();
	uv_timer_start(&city->clock, on_tick, TICK_MS, TICK_MS);
	*state = city;
	return 0;
}

int
city_close(void **state)
{
	struct city *city = *state;

	for (unsigned i = 0; i < HUBS; i++)
		if (city->hubs[i])
			city_end_hub(city, i);
	if (city->wechat)
		stand_in_close(city->wechat);
	uv_close((uv_handle_t *)&city->clock, NULL);
	uv_run(&city->loop, UV_RUN_DEFAULT);
	assert_int_equal(city->hubs_closed, city->hubs_ended);
	assert_false(city->store.is_leased); /* nobody has gone with it */
	assert_int_equal(uv_loop_close(&city->loop), 0);
	free(city);
	return 0;
}

/* Hearing. */

void
hear(const struct wechat_answer *answer, void *context)
{
	struct heard *heard = context;

	heard->count++;
	heard->answer = *answer;
	heard->after_us = clock_mono_us() - heard->asked_us;
	if (answer->outcome == WECHAT_DONE)
		heard->image_len = answer->image.bytes.len;
}

void
wait_for(struct city *city, const struct heard *heard, unsigned count)
{
	uint64_t until_us = clock_mono_us() + (uint64_t)PATIENCE_S * 1000000;

	while (heard->count < count && clock_mono_us() < until_us)
		uv_run(&city->loop, UV_RUN_ONCE);
	assert_int_equal(heard->count, count);
}

void
wait_until(struct city *city, bool (*holds)(const struct city *city))
{
	uint64_t until_us = clock_mono_us() + (uint64_t)PATIENCE_S * 1000000;

	while (!holds(city) && clock_mono_us() < until_us)
		uv_run(&city->loop, UV_RUN_ONCE);
	assert_true(holds(city));
}

/* Asking. */

#define AWAIT(call)                                         \
	struct heard heard = {.asked_us = clock_mono_us()}; \
	call;                                               \
	wait_for(city, &heard, 1);                          \
	return heard

struct heard
login(struct city *city, const char *code)
{
	AWAIT(wechat_login(city->hubs[0], code, hear, &heard));
}

struct heard
phone(struct city *city, const char *code)
{
	AWAIT(wechat_phone(city->hubs[0], code, "o-an", hear, &heard));
}

struct heard
image(struct city *city, const char *page)
{
	AWAIT(wechat_image(city->hubs[0], page, "i=7.4242", 430, hear, &heard));
}

void
message_later(struct city *city, unsigned hub, const char *value, struct heard *heard)
{
	struct wechat_message message = {
		.openid = "o-an",
		.template_id = "template",
		.page = "pages/call?id=7.4242",
		.fields = {{"thing1", value}, {"time2", "2022年4月12日 23:00"}},
	};

	heard->asked_us = clock_mono_us();
	wechat_send(city->hubs[hub], &message, hear, heard);
}

void
check_later(struct city *city, unsigned hub, const char *content, struct heard *heard)
{
	heard->asked_us = clock_mono_us();
	wechat_check(city->hubs[hub], "o-an", WECHAT_FORUM, content, hear, heard);
}

struct heard
message(struct city *city, const char *value)
{
	AWAIT(message_later(city, 0, value, &heard));
}

struct heard
check(struct city *city, const char *content)
{
	AWAIT(check_later(city, 0, content, &heard));
}

void
assert_heard_at(
	struct heard heard, enum wechat_outcome outcome, enum wechat_refusal refusal, const char *file, int line)
{
	static const char *const outcomes[] = {"done", "refused", "not done", "unknown"};

	if (heard.count == 1 && heard.answer.outcome == outcome && heard.answer.refusal == refusal)
		return;
	print_error("heard %u times, %s %s (%d), wanted %s %s\n", heard.count, outcomes[heard.answer.outcome],
		wechat_refusal_name(heard.answer.refusal), heard.answer.errcode, outcomes[outcome],
		wechat_refusal_name(refusal));
	_fail(file, line);
}
