/* desk.c - desks that are let in by a phone. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH   "00112233445566778899aabbccddeeff"
#define SECRET "5ec4e7"
#define DESK   "{1}:desk:" HASH

static void
desk_is_claimed_once_it_is_decided(void **state)
{
	struct redis *r = *state;
	unsigned long long until = 0;
	char *before;

	assert_int_equal(sscanf(desk_open(r, HASH, "前台", 42), "OK %llu", &until), 1);
	assert_in_range(until, redis_now_ms(r) + MINUTE_MS, redis_now_ms(r) + 2 * MINUTE_MS);
	assert_in_range(strtoull(redis(r, "PTTL " DESK), NULL, 10), MINUTE_MS, 2 * MINUTE_MS);
	before = redis_picture(r);
	assert_memory_equal(desk_show(r, HASH), "OK 前台 192.0.2.7 42 ", strlen("OK 前台 192.0.2.7 42 "));
	assert_string_equal(desk_claim(r, HASH, SECRET), "OK open   前台");
	assert_unchanged(r, before);

	assert_string_equal(desk_confirm(r, "1.1", HASH, 42, true), "OK");
	assert_string_equal(event(r), "desk ticket " HASH);
	assert_string_equal(desk_confirm(r, "1.2", HASH, 42, true), "ALREADY ticket");
	assert_string_equal(desk_show(r, HASH), "NOT_FOUND ticket");
	before = redis_picture(r);
	assert_string_equal(desk_claim(r, HASH, HASH), "NOT_FOUND ticket"); /* of who saw what it shows */
	assert_string_equal(desk_claim(r, HASH, ""), "NOT_FOUND ticket");
	assert_unchanged(r, before);
	assert_string_equal(desk_claim(r, HASH, SECRET), "OK accepted 1.1 1 前台");
	assert_string_equal(desk_claim(r, HASH, SECRET), "NOT_FOUND ticket");
	assert_string_equal(desk_confirm(r, "1.1", HASH, 42, true), "NOT_FOUND ticket");
}

static void
desk_is_refused_whatever_it_shows(void **state)
{
	struct redis *r = *state;

	desk_open(r, HASH, "前台", 42);
	assert_string_equal(desk_confirm(r, "1.1", HASH, 0, false), "OK");
	assert_string_equal(event(r), "desk ticket " HASH);
	assert_string_equal(desk_claim(r, HASH, SECRET), "OK denied 1.1 1 前台");
	assert_string_equal(desk_claim(r, HASH, SECRET), "NOT_FOUND ticket");
}

/* Nobody tries the others. */
static void
wrong_number_ends_the_ticket(void **state)
{
	struct redis *r = *state;

	desk_open(r, HASH, "前台", 42);
	assert_string_equal(desk_confirm(r, "1.1", HASH, 43, true), "OK wrong");
	assert_string_equal(event(r), "desk ticket " HASH);
	assert_non_null(strstr(redis(r, "XREVRANGE {1}:audit + - COUNT 1"), "detail denied wrong=1"));
	assert_string_equal(desk_confirm(r, "1.1", HASH, 42, true), "ALREADY ticket");
	assert_string_equal(desk_show(r, HASH), "NOT_FOUND ticket");
	assert_string_equal(desk_claim(r, HASH, SECRET), "OK denied 1.1 1 前台");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(desk_is_claimed_once_it_is_decided),
		rule(desk_is_refused_whatever_it_shows),
		rule(wrong_number_ends_the_ticket),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
