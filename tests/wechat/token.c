/* token.c - one access token for all hubs: asked for once, renewed in time by one of them, dropped once when WeChat
 * refuses it. */
#include "city.h"

#include "clock.h"
#include "macros.h"

static uint64_t
from_now(unsigned s)
{
	return clock_wall_ms() + (uint64_t)s * 1000;
}

static void
put_in_store(struct city *city, const char *text, unsigned life_s)
{
	strcpy(city->store.token.text, text);
	city->store.token.expires_ms = from_now(life_s);
}

/* Each hub sends so many checks at once; all are done. */
static void
ask_from_all(struct city *city, unsigned each)
{
	struct heard heard[HUBS][20] = {0};

	assert_in_range(each, 1, 20);
	for (unsigned i = 0; i < HUBS * each; i++)
		check_later(city, i % HUBS, "好", &heard[i % HUBS][i / HUBS]);
	for (unsigned i = 0; i < HUBS * each; i++) {
		wait_for(city, &heard[i % HUBS][i / HUBS], 1);
		assert_heard(heard[i % HUBS][i / HUBS], WECHAT_DONE, WECHAT_NONE);
	}
}

static void
four_hubs_ask_for_it_once(void **state)
{
	struct city *city = *state;

	ask_from_all(city, 20);
	ask_from_all(city, 20);
	assert_int_equal(stand_in_asked(city->wechat, TOKEN_PATH), 1);
	assert_int_equal(stand_in_asked(city->wechat, CHECK_PATH), 2 * HUBS * 20);
	assert_int_equal(city->store.puts, 1);
	assert_string_equal(city->store.token.text, "token-1");
	assert_in_range(city->store.token.expires_ms, from_now(7100), from_now(7200));
	assert_string_equal(
		stand_in_body(city->wechat), "{\"version\":2,\"openid\":\"o-an\",\"scene\":3,\"content\":\"好\"}");
}

static void
token_in_the_store_is_used(void **state)
{
	struct city *city = *state;

	put_in_store(city, "token-1", 3600);
	ask_from_all(city, 1);
	assert_int_equal(stand_in_asked(city->wechat, TOKEN_PATH), 0);
	assert_int_equal(city->store.takes, HUBS);
}

/* In the last four minutes of its life it is certainly due, and before the last five it is not. */
static void
token_is_due_five_minutes_before_its_end(void **state)
{
	struct city *city = *state;

	put_in_store(city, "token-1", 310);
	ask_from_all(city, 1);
	assert_int_equal(stand_in_asked(city->wechat, TOKEN_PATH), 0);
	city->store.token.expires_ms = from_now(235);
	for (unsigned i = 0; i < HUBS; i++)
		city_end_hub(city, i);
	for (unsigned i = 0; i < HUBS; i++)
		city_make_hub(city, i);
	ask_from_all(city, 5);
	assert_int_equal(stand_in_asked(city->wechat, TOKEN_PATH), 1);
	assert_int_equal(city->store.puts, 1);
	assert_in_range(city->store.token.expires_ms, from_now(7100), from_now(7200));
}

/* While WeChat is asked for a new one, and does not answer, all go on with the old one. */
static void
nobody_waits_while_the_old_one_is_good(void **state)
{
	struct city *city = *state;

	put_in_store(city, "token-1", 200);
	stand_in_always(city->wechat, TOKEN_PATH, SILENT, 0);
	ask_from_all(city, 5);
	assert_int_equal(city->store.puts, 0);
	assert_true(city->store.is_leased); /* by one, who waits */
	assert_int_equal(stand_in_asked(city->wechat, TOKEN_PATH), 1);
}

static bool
lease_is_back(const struct city *city)
{
	return !city->store.is_leased;
}

static void
failed_renewal_gives_the_lease_back_and_is_not_repeated_at_once(void **state)
{
	struct city *city = *state;

	put_in_store(city, "token-1", 200);
	stand_in_always(city->wechat, TOKEN_PATH, HTTP_ERROR, 500);
	assert_heard(check(city, "好"), WECHAT_DONE, WECHAT_NONE);
	wait_until(city, lease_is_back);
	assert_int_equal(city->store.given_up, 1);
	for (int i = 0; i < 20; i++)
		assert_heard(check(city, "好"), WECHAT_DONE, WECHAT_NONE);
	assert_int_equal(stand_in_asked(city->wechat, TOKEN_PATH), 1);
}

static void
token_about_to_end_is_not_used(void **state)
{
	struct city *city = *state;

	put_in_store(city, "token-0", 2);
	assert_heard(check(city, "好"), WECHAT_DONE, WECHAT_NONE);
	assert_int_equal(stand_in_asked(city->wechat, TOKEN_PATH), 1);
	assert_int_equal(stand_in_asked(city->wechat, CHECK_PATH), 1);
}

/* Refused. */

static void
refused_token_is_dropped_and_the_call_done_with_another(void **state)
{
	struct city *city = *state;

	ask_from_all(city, 1);
	stand_in_renew(city->wechat);
	ask_from_all(city, 10);
	assert_int_equal(stand_in_asked(city->wechat, TOKEN_PATH), 2); /* once more for all of them */
	assert_string_equal(city->store.token.text, "token-2");
}

static void
each_errcode_of_a_token_drops_it(void **state)
{
	static const int errcodes[] = {40001, 42001, 40014};
	struct city *city = *state;
	unsigned asked = 0;

	for (size_t i = 0; i < ARRAY_LEN(errcodes); i++) {
		for (unsigned hub = 0; hub < HUBS; hub++)
			city_end_hub(city, hub);
		for (unsigned hub = 0; hub < HUBS; hub++)
			city_make_hub(city, hub);
		stand_in_next(city->wechat, CHECK_PATH, ERRCODE, errcodes[i]);
		assert_heard(check(city, "好"), WECHAT_DONE, WECHAT_NONE);
		asked += i == 0 ? 2 : 1; /* the first had none to begin with */
		assert_int_equal(stand_in_asked(city->wechat, TOKEN_PATH), asked);
	}
}

/* It is refused whatever is done: the fault is another one, and WeChat is not asked for token after token. */
static void
token_is_not_dropped_in_a_loop(void **state)
{
	struct city *city = *state;

	stand_in_always(city->wechat, CHECK_PATH, ERRCODE, 40001);
	for (int i = 0; i < 30; i++) {
		struct heard heard = check(city, "好");
		assert_heard(heard, WECHAT_NOT_DONE, WECHAT_NONE);
		assert_int_equal(heard.answer.errcode, 40001);
	}
	assert_int_equal(stand_in_asked(city->wechat, TOKEN_PATH), 2);
	assert_int_equal(stand_in_asked(city->wechat, CHECK_PATH), 31);
}

/* None to be had. */

static void
without_a_token_nothing_is_sent(void **state)
{
	struct city *city = *state;
	struct wechat_options options = city_options(city);

	options.secret = "another";
	city_replace(city, &options);
	for (int i = 0; i < 30; i++)
		assert_heard(check(city, "好"), WECHAT_NOT_DONE, WECHAT_NONE);
	assert_int_equal(stand_in_asked(city->wechat, TOKEN_PATH), 1); /* within a second */
	assert_int_equal(stand_in_asked(city->wechat, CHECK_PATH), 0);
	assert_false(city->store.is_leased);
}

static void
busy_wechat_is_asked_for_it_again(void **state)
{
	struct city *city = *state;

	stand_in_next(city->wechat, TOKEN_PATH, ERRCODE, -1);
	ask_from_all(city, 1);
	assert_int_equal(stand_in_asked(city->wechat, TOKEN_PATH), 2);
}

static bool
was_looked_at_again(const struct city *city)
{
	return city->store.takes >= 3;
}

/* Another hub has the lease: what it gets is waited for. */
static void
token_of_another_hub_is_waited_for(void **state)
{
	struct city *city = *state;
	struct heard heard = {0};

	city->store.is_leased = true;
	check_later(city, 0, "好", &heard);
	wait_until(city, was_looked_at_again);
	assert_int_equal(heard.count, 0);
	put_in_store(city, "token-1", 7200);
	city->store.is_leased = false;
	wait_for(city, &heard, 1);
	assert_heard(heard, WECHAT_DONE, WECHAT_NONE);
	assert_int_equal(stand_in_asked(city->wechat, TOKEN_PATH), 0);
}

/* That hub died, and its lease ran out. */
static void
lease_that_ran_out_is_taken(void **state)
{
	struct city *city = *state;
	struct heard heard = {0};

	city->store.is_leased = true;
	check_later(city, 0, "好", &heard);
	wait_until(city, was_looked_at_again);
	city->store.is_leased = false;
	wait_for(city, &heard, 1);
	assert_heard(heard, WECHAT_DONE, WECHAT_NONE);
	assert_int_equal(stand_in_asked(city->wechat, TOKEN_PATH), 1);
}

/* The end, while the store is looked at, and while WeChat is asked. */

static void
hub_that_ends_leaves_no_lease(void **state)
{
	struct city *city = *state;
	struct heard looked = {0}, asked = {0};

	check_later(city, 0, "好", &looked); /* the store answers in the next turn */
	city_end_hub(city, 0);
	assert_heard(looked, WECHAT_NOT_DONE, WECHAT_NONE);
	stand_in_always(city->wechat, TOKEN_PATH, SILENT, 0);
	check_later(city, 1, "好", &asked);
	while (stand_in_asked(city->wechat, TOKEN_PATH) == 0)
		uv_run(&city->loop, UV_RUN_ONCE);
	city_end_hub(city, 1);
	assert_heard(asked, WECHAT_NOT_DONE, WECHAT_NONE);
	assert_false(city->store.is_leased);
	assert_int_equal(city->store.given_up, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		in_city(four_hubs_ask_for_it_once),
		in_city(token_in_the_store_is_used),
		in_city(token_is_due_five_minutes_before_its_end),
		in_city(nobody_waits_while_the_old_one_is_good),
		in_city(failed_renewal_gives_the_lease_back_and_is_not_repeated_at_once),
		in_city(token_about_to_end_is_not_used),
		in_city(refused_token_is_dropped_and_the_call_done_with_another),
		in_city(each_errcode_of_a_token_drops_it),
		in_city(token_is_not_dropped_in_a_loop),
		in_city(without_a_token_nothing_is_sent),
		in_city(busy_wechat_is_asked_for_it_again),
		in_city(token_of_another_hub_is_waited_for),
		in_city(lease_that_ran_out_is_taken),
		in_city(hub_that_ends_leaves_no_lease),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
