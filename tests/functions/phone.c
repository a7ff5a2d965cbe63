/* phone.c - whose a phone is; and who is somebody else from now on. */
#include "functions.h"

static const char *
record(struct redis *r, const char *fields)
{
	char command[160];

	snprintf(command, sizeof(command), "HMGET {1}:person:%s", fields);
	return redis(r, command);
}

/* The claim comes first, and once. */
static void
phone_is_one_persons(void **state)
{
	struct redis *r = *state;
	char *before;

	claim(r, "1.1");
	claim(r, "1.2");
	roster_import(r, HASH_A, "1sealed", GRID_A, "王安", "太原供电");
	assert_string_equal(phone_claim(r, HASH_A, "1.1", ""), "OK " GRID_A " 王安 太原供电");
	before = redis_picture(r);
	assert_string_equal(phone_claim(r, HASH_A, "1.1", ""), "OK " GRID_A " 王安 太原供电");
	assert_unchanged(r, before);
	assert_string_equal(phone_claim(r, HASH_A, "1.2", ""), "ALREADY phone 1.1");
	assert_string_equal(phone_claim(r, HASH_A, "1.2", "1.1"), "OK " GRID_A " 王安 太原供电");
	assert_string_equal(phone_claim(r, HASH_A, "1.1", ""), "ALREADY phone 1.2");
}

static void
other_phone_takes_its_place(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	assert_string_equal(phone_begin(r, "1.1"), "OK new  ");
	assert_string_equal(phone_bind(r, "1.1", HASH_A), "OK bound " HASH_A " 1sealed ");
	assert_string_equal(event(r), "");
	assert_string_equal(phone_bind(r, "1.1", HASH_A), "OK bound " HASH_A " 1sealed ");
	assert_string_equal(phone_bind(r, "1.1", HASH_B), "OK bound " HASH_B " 1sealed " HASH_A);
	assert_string_equal(record(r, "1.1 phone sealed"), HASH_B " 1sealed");
	phone_drop(r, "1.1", HASH_A);
	assert_string_equal(record(r, "1.1 phone"), HASH_B);
	phone_drop(r, "1.1", HASH_B);
	assert_string_equal(record(r, "1.1 phone sealed"), "(nil) (nil)");
}

/* He may have registered meanwhile, by that phone. */
static void
phone_of_who_is_registered_is_not_dropped(void **state)
{
	struct redis *r = *state;

	settle(r, "1.1");
	phone_bind(r, "1.1", HASH_A);
	assert_string_equal(phone_drop(r, "1.1", HASH_A), "ALREADY phone");
	assert_string_equal(phone_drop(r, "1.1", HASH_B), "OK");
	assert_string_equal(record(r, "1.1 phone"), HASH_A);
}

static void
release_is_of_ones_own(void **state)
{
	struct redis *r = *state;

	phone_claim(r, HASH_A, "1.1", "");
	phone_release(r, HASH_A, "1.2");
	assert_string_equal(redis(r, "HEXISTS {7}:phones " HASH_A), "1");
	phone_release(r, HASH_A, "1.1");
	phone_release(r, HASH_A, "1.1");
	assert_string_equal(redis(r, "HEXISTS {7}:phones " HASH_A), "0");
}

/* What is remembered of it says nothing of whom he came by, for it would outlive an erasure; said again it is what his record
 * says, and nothing of who was erased since. */
static void
former_identity_is_remembered_nowhere_else(void **state)
{
	struct redis *r = *state;
	struct once once = once_made(r, 0);
	char key[128];

	person_claim(r, "wx:old", "1.1");
	member_register(r, "1.1", GRID_A, "王安", "");
	phone_bind(r, "1.1", HASH_A);
	assert_string_equal(person_rebind(under(r, once), "1.1", GRID_A, "wx:new", "1.2", HASH_A), "OK wx:old");
	assert_string_equal(person_rebind(under(r, once), "1.1", GRID_A, "wx:new", "1.2", HASH_A), "OK wx:old");
	snprintf(key, sizeof(key), "%s", redis(r, "KEYS {1}:once:" WORKER ":*"));
	assert_non_null(strstr(key, "once"));
	assert_null(strstr(redis(r, "GET %s", key), "wx:old"));
	assert_string_equal(former_drop(r, "1.1", "wx:old"), "OK ");
	assert_string_equal(person_rebind(under(r, once), "1.1", GRID_A, "wx:new", "1.2", HASH_A), "OK ");
	person_erase(r, WORKER, "1.1");
	assert_string_equal(person_rebind(under(r, once), "1.1", GRID_A, "wx:new", "1.2", HASH_A), "NOT_FOUND person");
}

/* One that was cut off before the old WeChat was released: the next releases both. */
static void
rebind_that_was_cut_off_is_finished_by_the_next(void **state)
{
	struct redis *r = *state;

	person_claim(r, "wx:old", "1.1");
	member_register(r, "1.1", GRID_A, "王安", "");
	phone_bind(r, "1.1", HASH_A);
	assert_string_equal(person_rebind(r, "1.1", GRID_A, "wx:second", "1.2", HASH_A), "OK wx:old");
	assert_string_equal(person_rebind(r, "1.1", GRID_A, "wx:third", "1.3", HASH_A), "OK wx:old");
	assert_string_equal(former_drop(r, "1.1", "wx:old"), "OK wx:second");
	assert_string_equal(
		person_rebind(r, "1.1", GRID_A, "wx:second", "1.2", HASH_A), "OK wx:third"); /* back to it */
	assert_string_equal(former_drop(r, "1.1", "wx:third"), "OK ");
	assert_string_equal(record(r, "1.1 identity former"), "wx:second ");
}

/* He asked by a phone that the other had; a yes that comes when he has another is too late. */
static void
phone_that_is_his_no_more_makes_nobody_him(void **state)
{
	struct redis *r = *state;

	settle(r, "1.1");
	claim(r, "1.2");
	phone_bind(r, "1.1", HASH_A);
	rebind_ask(r, "1.2", "1.1", GRID_A, HASH_A);
	phone_bind(r, "1.1", HASH_B);
	assert_string_equal(person_rebind(r, "1.1", GRID_A, "dev:1.2", "1.2", HASH_A), "NOT_FOUND person");
	assert_string_equal(record(r, "1.1 identity"), "dev:1.1");
}

/* Each step may come twice; at the end the old one leads nowhere, and the new one to who he is. */
static void
newcomer_becomes_whom_he_asked_to_be(void **state)
{
	struct redis *r = *state;
	char *before;

	person_claim(r, "wx:old", "1.1");
	member_register(r, "1.1", GRID_A, "王安", "");
	person_claim(r, "wx:new", "1.2");
	device_add(r, "1.1", "aa", false, "old phone");
	device_add(r, "1.2", "bb", false, "new phone");
	phone_bind(r, "1.1", HASH_A);
	assert_string_equal(rebind_ask(r, "1.2", "1.1", GRID_A, HASH_A), "OK asked " GRID_A);
	assert_string_equal(rebind_ask(r, "1.1", "1.2", GRID_A, HASH_A), "ALREADY phone");

	assert_string_equal(person_rebind(r, "1.1", GRID_A, "wx:new", "1.2", HASH_A), "OK wx:old");
	assert_string_equal(event(r), "device person 1.1 device 0");
	assert_string_equal(person_rebind(r, "1.1", GRID_A, "wx:new", "1.2", HASH_A), "OK wx:old");
	assert_string_equal(identity_release(r, "wx:old", "1.2"), "OK");
	assert_string_equal(person_find(r, "wx:old"), "OK 1.1");
	assert_string_equal(identity_release(r, "wx:old", "1.1"), "OK");
	assert_string_equal(person_find(r, "wx:old"), "NOT_FOUND person");
	assert_string_equal(former_drop(r, "1.1", "wx:old"), "OK ");
	assert_string_equal(person_become(r, "wx:new", "1.2", "1.1"), "OK");
	assert_string_equal(event(r), "device person 1.2 device 0");
	assert_string_equal(person_find(r, "wx:new"), "OK 1.1");
	before = redis_picture(r);
	assert_string_equal(person_become(r, "wx:new", "1.2", "1.1"), "OK");
	assert_unchanged(r, before);

	assert_string_equal(record(r, "1.1 identity openid place"), "wx:new 1openid " GRID_A);
	assert_string_equal(record(r, "1.2 identity asked moved"), "(nil) (nil) 1.1");
	assert_string_equal(device_list(r, "1.1"), "OK ");
	assert_string_equal(device_list(r, "1.2"), "OK ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(phone_is_one_persons),
		rule(other_phone_takes_its_place),
		rule(phone_of_who_is_registered_is_not_dropped),
		rule(release_is_of_ones_own),
		rule(phone_that_is_his_no_more_makes_nobody_him),
		rule(newcomer_becomes_whom_he_asked_to_be),
		rule(former_identity_is_remembered_nowhere_else),
		rule(rebind_that_was_cut_off_is_finished_by_the_next),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
