/* member.c - who works elsewhere too, who corrects his name, and who waits to be registered. */
#include "functions.h"

#include "records.h"

static const char *
record(struct redis *r, const char *fields)
{
	char command[160];

	snprintf(command, sizeof(command), "HMGET {1}:person:1.1 %s", fields);
	return redis(r, command);
}

static void
member_works_elsewhere_too(void **state)
{
	struct redis *r = *state;

	settle(r, "1.1");
	assert_string_equal(member_work(r, "1.1", GRID_B), "OK moved");
	assert_string_equal(event(r), "member person 1.1 place " GRID_A);
	assert_string_equal(record(r, "place work"), GRID_A " " GRID_B);
	assert_string_equal(member_work(r, "1.1", GRID_B), "ALREADY place");
	assert_string_equal(member_work(r, "1.1", ""), "OK moved");
	assert_string_equal(member_work(r, "1.1", ""), "ALREADY place");
	assert_string_equal(record(r, "place work"), GRID_A " (nil)");

	member_work(r, "1.1", GRID_B);
	member_leave(r, "1.1");
	assert_string_equal(record(r, "place work kind"), "(nil) (nil) (nil)");
}

static void
member_corrects_his_name(void **state)
{
	struct redis *r = *state;

	settle(r, "1.1");
	assert_string_equal(member_correct(r, "1.1", "王安安", "市第二医院"), "OK");
	assert_string_equal(event(r), "member person 1.1 place " GRID_A);
	assert_string_equal(record(r, "name organisation place"), "王安安 市第二医院 " GRID_A);
}

static void
who_waits_is_no_member_yet(void **state)
{
	struct redis *r = *state;
	struct person_record person;
	redisReply *reply;

	claim(r, "1.1");
	assert_string_equal(member_ask(r, "1.1", GRID_A, GRID_B), "OK pending");
	assert_string_equal(event(r), "");
	assert_string_equal(record(r, "place name"), "(nil) 王安");
	assert_string_equal(redis(r, "EXISTS {1}:persons"), "0");

	reply = redis_run(r, records_read_person((struct id){1, 1}));
	assert_true(records_parse_person(&person, reply));
	assert_int_equal(person.asked.what, ASKED_REGISTER);
	assert_int_equal(person.asked.kind, KIND_VOLUNTEER);
	assert_true(place_is_none(person.member.place) && !place_is_none(person.asked.work));
	assert_true(person.asked.at_ms > 0);
	freeReplyObject(reply);
}

/* The later request takes the place of the former, and says where that was, to be taken off the list there. */
static void
who_waits_may_ask_again(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	member_ask(r, "1.1", GRID_A, "");
	assert_string_equal(member_ask(r, "1.1", GRID_B, ""), "OK pending " GRID_A);
	assert_string_equal(pending_decide(r, WORKER, "1.1", GRID_A, true), "NOT_FOUND person");
	assert_string_equal(member_register(r, "1.1", GRID_A, "王安", ""), "OK registered " GRID_B);
	assert_string_equal(record(r, "asked place"), "(nil) " GRID_A);
}

static void
who_is_accepted_is_a_member(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	member_ask(r, "1.1", GRID_A, GRID_B);
	assert_string_equal(pending_decide(r, WORKER, "1.1", GRID_A, true), "OK " GRID_B);
	assert_string_equal(event(r), "member person 1.1 place " GRID_A);
	assert_string_equal(record(r, "place kind work"), GRID_A " volunteer (nil)");
	assert_string_equal(pending_decide(r, WORKER, "1.1", GRID_B, true), "OK"); /* where he works */
	assert_string_equal(record(r, "place kind work asked"), GRID_A " volunteer " GRID_B " (nil)");
	assert_string_equal(redis(r, "SMEMBERS {1}:persons"), "1.1");
	assert_string_equal(pending_decide(r, WORKER, "1.1", GRID_A, false), "NOT_FOUND person");
}

static void
who_is_refused_is_told_why_until_he_asks_again(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	member_ask(r, "1.1", GRID_A, "");
	assert_string_equal(pending_decide(r, WORKER, "1.1", GRID_A, false), "OK");
	assert_string_equal(event(r), "");
	assert_string_equal(record(r, "place asked refused"), "(nil) (nil) 不住这里");
	assert_string_equal(member_ask(r, "1.1", GRID_A, ""), "OK pending");
	assert_string_equal(record(r, "refused"), "(nil)");
}

/* He is where he was until somebody there has said yes. */
static void
who_asks_to_move_stays_until_he_may(void **state)
{
	struct redis *r = *state;

	settle(r, "1.1");
	assert_string_equal(member_ask_move(r, "1.1", GRID_A, false), "ALREADY place");
	assert_string_equal(member_ask_move(r, "1.1", GRID_B, false), "OK pending");
	assert_string_equal(event(r), "");
	assert_string_equal(record(r, "place work"), GRID_A " (nil)");
	assert_string_equal(pending_decide(r, WORKER, "1.1", GRID_B, false), "OK");
	assert_string_equal(record(r, "place refused asked"), GRID_A " 不住这里 (nil)");

	member_ask_move(r, "1.1", GRID_B, false);
	assert_string_equal(member_ask_move(r, "1.1", BUILDING_1, true), "OK pending " GRID_B);
	assert_string_equal(pending_decide(r, WORKER, "1.1", BUILDING_1, true), "OK");
	assert_string_equal(event(r), "member person 1.1 place " GRID_A);
	assert_string_equal(record(r, "place work asked"), GRID_A " " BUILDING_1 " (nil)");
	member_ask_move(r, "1.1", GRID_B, false);
	assert_string_equal(pending_decide(r, WORKER, "1.1", GRID_B, true), "OK");
	assert_string_equal(event(r), "member person 1.1 place " GRID_B);
	assert_string_equal(record(r, "place work asked refused"), GRID_B " " BUILDING_1 " (nil) (nil)");

	member_ask_move(r, "1.1", GRID_A, false);
	assert_string_equal(member_ask_move(r, "1.1", GRID_B, false), "OK moved " GRID_A); /* he stays */
	assert_string_equal(record(r, "place asked"), GRID_B " (nil)");
	member_ask_move(r, "1.1", GRID_A, false);
	assert_string_equal(member_leave(r, "1.1"), "OK " GRID_A);
	assert_string_equal(pending_decide(r, WORKER, "1.1", GRID_A, true), "NOT_FOUND person");
}

/* What was asked for after the list was read has nobody said yes to. */
static void
yes_is_to_what_was_asked(void **state)
{
	struct redis *r = *state;
	char *before;

	claim(r, "1.1");
	rebind_ask(r, "1.1", "1.2", GRID_A, HASH_A);
	before = redis_picture(r);
	assert_string_equal(pending_decide_about(r, "1.1", GRID_A, "register", "1"), "CHANGED person");
	assert_string_equal(
		pending_decide(r, WORKER, "1.1", GRID_A, true), "CHANGED person"); /* by person_rebind alone */
	assert_unchanged(r, before);
	member_ask(r, "1.1", GRID_A, "");
	assert_string_equal(pending_decide_about(r, "1.1", GRID_A, "register", "1"), "CHANGED person");
}

static void
list_has_who_waits_there_and_under_it(void **state)
{
	struct redis *r = *state;

	pending_mark(r, GRID_A, "1.1", true);
	pending_mark(r, GRID_A, "1.1", true);
	pending_mark(r, BUILDING_1, "1.2", true);
	pending_mark(r, GRID_B, "1.3", true);
	assert_string_equal(pending_list(r, GRID_A, "", 5), "OK " GRID_A " 1.1\n" BUILDING_1 " 1.2");
	assert_string_equal(pending_list(r, COMMUNITY, GRID_A " 1.1", 1), "OK " BUILDING_1 " 1.2");
	assert_string_equal(pending_list(r, BUILDING_1, "", 5), "OK " BUILDING_1 " 1.2");
	pending_mark(r, GRID_A, "1.1", false);
	pending_mark(r, GRID_A, "1.1", false);
	assert_string_equal(pending_list(r, GRID_A, "", 5), "OK " BUILDING_1 " 1.2");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(member_works_elsewhere_too),
		rule(member_corrects_his_name),
		rule(who_waits_is_no_member_yet),
		rule(who_waits_may_ask_again),
		rule(who_is_accepted_is_a_member),
		rule(who_is_refused_is_told_why_until_he_asks_again),
		rule(who_asks_to_move_stays_until_he_may),
		rule(yes_is_to_what_was_asked),
		rule(list_has_who_waits_there_and_under_it),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
