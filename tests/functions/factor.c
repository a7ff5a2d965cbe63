/* factor.c - the second factor: set up, asked for, used once, locked, taken away. */
#include "functions.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FACTOR  "{1}:person:1.1:factor"
#define DEVICES "{1}:person:1.1:devices"
#define A_HASH  "00112233445566778899aabbccddeeff"
#define B_HASH  "ffeeddccbbaa99887766554433221100"

/* Somebody with a device, and a factor of which the code of step 40 was used. */
static void
set_up(struct redis *r)
{
	claim(r, "1.1");
	device_add(r, "1.1", "aa", false, "pad");
	device_add(r, "1.1", "bb", false, "phone");
	assert_string_equal(factor_begin(r, "1.1", "1sealed"), "OK");
	assert_string_equal(factor_confirm(r, "1.1", "1", "40", A_HASH " " B_HASH), "OK");
}

/* Whether he is let in on his second device, and with what. */
static const char *
log_in(struct redis *r, const char *step, const char *recovery)
{
	const char *said = device_login_showing(r, "1.1", "2", "bb", "cc", step, recovery);

	return strncmp(said, "OK ", 3) == 0 ? "OK" : said;
}

/* The device on which it was shown lately needs none; as if that, and what was asked since, were so long ago. */
static void
age(struct redis *r, unsigned device, uint64_t passed_ms, uint64_t active_ms)
{
	struct text row = text_of(redis(r, "HGET " DEVICES " %u", device));
	size_t len = row.len;
	uint64_t now_ms = redis_now_ms(r);
	char value[400];

	for (unsigned tabs = 0; tabs < 2; len--)
		tabs += row.data[len - 1] == '\t';
	snprintf(value, sizeof(value), "%.*s\t%" PRIu64 "\t%" PRIu64, (int)len, row.data, now_ms - passed_ms,
		now_ms - active_ms);
	redis(r, "HSET " DEVICES " %u %b", device, value, strlen(value));
}

static void
nothing_is_asked_for_before_it_is_confirmed(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	device_add(r, "1.1", "aa", false, "pad");
	device_add(r, "1.1", "bb", false, "phone");
	assert_string_equal(factor_begin(r, "1.1", "1sealed"), "OK");
	assert_string_equal(factor_try(r, "1.1"), "NOT_FOUND factor");
	assert_string_equal(log_in(r, "", ""), "OK");
	assert_string_equal(factor_begin(r, "1.1", "1another"), "OK");
	assert_string_equal(factor_read(r, "1.1"), "OK begun 1another");
	assert_string_equal(factor_confirm(r, "1.1", "1", "40", A_HASH), "OK");
	assert_string_equal(log_in(r, "", ""), "UNAUTHENTICATED code");
	assert_string_equal(factor_begin(r, "1.1", "1third"), "ALREADY factor");
}

static void
code_is_good_once(void **state)
{
	struct redis *r = *state;
	char *before;

	set_up(r);
	before = redis_picture(r);
	assert_string_equal(log_in(r, "", ""), "UNAUTHENTICATED code");
	assert_string_equal(log_in(r, "40", ""), "UNAUTHENTICATED code");
	assert_string_equal(log_in(r, "39", ""), "UNAUTHENTICATED code");
	assert_unchanged(r, before);
	assert_string_equal(log_in(r, "41", ""), "OK");
	age(r, 2, HOUR_MS, HOUR_MS);
	assert_string_equal(log_in(r, "41", ""), "UNAUTHENTICATED code");
	assert_string_equal(log_in(r, "42", ""), "OK");
}

static void
recovery_code_is_good_once(void **state)
{
	struct redis *r = *state;

	set_up(r);
	assert_string_equal(log_in(r, "", "00112233445566778899aabbccddeef0"), "UNAUTHENTICATED code");
	assert_string_equal(log_in(r, "", B_HASH), "OK");
	age(r, 2, HOUR_MS, HOUR_MS);
	assert_string_equal(log_in(r, "", B_HASH), "UNAUTHENTICATED code");
	assert_string_equal(log_in(r, "", A_HASH), "OK");
	assert_string_equal(redis(r, "HGET " FACTOR " codes"), "");
}

/* A token that is no good tells nothing of the factor. */
static void
wrong_token_is_told_first(void **state)
{
	struct redis *r = *state;

	set_up(r);
	assert_string_equal(device_login_showing(r, "1.1", "2", "ee", "cc", "41", ""), "UNAUTHENTICATED token");
	assert_string_equal(redis(r, "HGET " FACTOR " counter"), "40");
}

/* An invite is not used by who has no code. */
static void
invite_waits_for_the_code(void **state)
{
	struct redis *r = *state;

	set_up(r);
	device_add(r, "1.1", "dd", true, "invite");
	assert_string_equal(device_login_showing(r, "1.1", "3", "dd", "ee", "", ""), "UNAUTHENTICATED code");
	assert_memory_equal(device_login_showing(r, "1.1", "3", "dd", "ee", "41", ""), "OK ", 3);
}

/* Who only lost his connection is asked for nothing; who has asked nothing for a quarter of an hour is. */
static void
it_lasts_while_something_is_asked(void **state)
{
	struct redis *r = *state;

	set_up(r);
	assert_string_equal(log_in(r, "41", ""), "OK");
	age(r, 2, HOUR_MS, 14 * MINUTE_MS);
	assert_string_equal(log_in(r, "", ""), "OK");
	assert_string_equal(device_touch(r, "1.1", "2"), "OK");
	assert_string_equal(log_in(r, "", ""), "OK");
	age(r, 2, HOUR_MS, 15 * MINUTE_MS + 1000);
	assert_string_equal(log_in(r, "", ""), "UNAUTHENTICATED code");
	age(r, 2, 14 * MINUTE_MS, HOUR_MS);
	assert_string_equal(log_in(r, "", ""), "OK");
}

/* However many hubs try at once: counted first, judged then. */
static void
five_that_were_not_good_lock_it(void **state)
{
	struct redis *r = *state;
	unsigned long long wait = 0;

	set_up(r);
	for (unsigned lock = 0; lock < 9; lock++) {
		for (unsigned i = 0; i < 4; i++)
			assert_string_equal(factor_try(r, "1.1"), "OK 1sealed 0");
		assert_int_equal(sscanf(factor_try(r, "1.1"), "OK 1sealed %llu", &wait), 1);
		assert_int_equal(wait, MIN((UINT64_C(15) * MINUTE_MS) << lock, (uint64_t)DAY_MS));
		assert_int_equal(sscanf(factor_try(r, "1.1"), "BUSY code %llu", &wait), 1);
		assert_in_range(wait, 1, MIN((UINT64_C(15) * MINUTE_MS) << lock, (uint64_t)DAY_MS));
		redis(r, "HSET " FACTOR " locked 1");
	}
	assert_string_equal(log_in(r, "41", ""), "OK");
	assert_string_equal(redis(r, "HEXISTS " FACTOR " locks"), "0");
	assert_string_equal(factor_try(r, "1.1"), "OK 1sealed 0");
}

/* Also on the devices where it was shown: they are let in, and it can be set up anew. */
static void
one_that_is_taken_away_is_asked_for_no_more(void **state)
{
	struct redis *r = *state;

	set_up(r);
	assert_string_equal(factor_remove(r, "1.1", "1.1", ""), "UNAUTHENTICATED code");
	assert_string_equal(factor_remove(r, "1.1", "1.1", "40"), "UNAUTHENTICATED code");
	assert_string_equal(log_in(r, "41", ""), "OK");
	age(r, 2, HOUR_MS, HOUR_MS);
	assert_string_equal(factor_remove(r, "1.1", "1.1", "42"), "OK");
	assert_string_equal(log_in(r, "", ""), "OK");
	assert_string_equal(factor_try(r, "1.1"), "NOT_FOUND factor");
	assert_string_equal(factor_begin(r, "1.1", "1another"), "OK");
	assert_string_equal(factor_confirm(r, "1.1", "0", "50", A_HASH), "OK");
	assert_string_equal(factor_remove(r, "1.7", "1.1", ""), "OK");
	assert_string_equal(factor_remove(r, "1.7", "1.1", ""), "NOT_FOUND factor");
}

/* He has no code to show at a desk that he let in from where none was asked for: past its time it is let in anew. */
static void
desk_of_who_has_none_is_let_in_anew(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	device_add(r, "1.1", "aa", false, "phone");
	device_add_desk(r, "1.1", "bb");
	assert_string_equal(log_in(r, "", ""), "OK");
	age(r, 2, HOUR_MS, 14 * MINUTE_MS);
	assert_string_equal(log_in(r, "", ""), "OK");
	age(r, 2, HOUR_MS, 16 * MINUTE_MS);
	assert_string_equal(log_in(r, "", ""), "UNAUTHENTICATED token");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(nothing_is_asked_for_before_it_is_confirmed),
		rule(desk_of_who_has_none_is_let_in_anew),
		rule(code_is_good_once),
		rule(recovery_code_is_good_once),
		rule(wrong_token_is_told_first),
		rule(invite_waits_for_the_code),
		rule(it_lasts_while_something_is_asked),
		rule(five_that_were_not_good_lock_it),
		rule(one_that_is_taken_away_is_asked_for_no_more),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
