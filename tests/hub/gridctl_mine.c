/* gridctl_mine.c - one's own sign-ups and hours at a terminal. */
#include <string.h>

#include "gridctl.h"
#include "notes.h"
#include "worlds.h"

/* They are brought together from where the calls are, within a second or two. */
static bool
mine_says(struct world *w, const char *who, const char *part)
{
	struct ended ended = gridctl(w, who, "mine");

	assert_int_equal(ended.status, 0);
	return strstr(ended.said, part);
}

static void
sign_ups_are_listed_with_what_they_are_about_and_the_hours(void **state)
{
	struct world *w = *state;
	const char *kits = gridctl_post(
		w, "--limit", "1", "--grant", "90", "--starts", "2030-04-12 08:00", "--ends", "2030-04-12 10:00");
	const char *snow =
		gridctl_post(w, "--title", "清雪", "--slot", "早班 2030-04-13 08:00-12:00", "--slot", "晚班");
	struct ended ended;

	member(w, "an");
	member(w, "bo");
	assert_gridctl(w, "an", 0, "number 1", "join", kits, "--people", "1");
	assert_gridctl(w, "bo", 0, "number 2, waiting", "join", kits);
	assert_gridctl(w, "an", 0, "number 1", "join", snow, "--slot", "早班", "--people", "2");
	assert_gridctl(w, "worker", 0, "checked in", "check", "in", kits, "--number", "1");
	assert_gridctl(w, "worker", 0, "checked out", "check", "out", kits, "--number", "1");
	wait_until(w, mine_says(w, "an", "sign-ups: 2, service in all: 1 h 30 min\n"), "the hours to arrive");
	ended = gridctl(w, "an", "mine");
	assert_order(ended.said, say("%s  清雪\n      number 1, confirmed  早班  2 people  2030-04-13 08:00", snow),
		say("%s  发放抗原试剂\n      number 1, confirmed  2030-04-12 08:00–10:00  1 h 30 min granted\n", kits));
	wait_until(w, mine_says(w, "bo", "      number 2, waiting  2030-04-12"), "the waiting line to arrive");
	assert_gridctl(w, "an", 0, "共 2 条，认定服务时长合计 1 小时 30 分钟\n", "mine", "--lang", "zh");
}

static void
json_has_a_line_each_and_the_total_behind(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--slot", "早班 2030-04-13 08:00-12:00");
	struct ended ended;
	json_t *first, *last;

	member(w, "cai");
	assert_gridctl(w, "cai", 0, "number 1", "join", call, "--slot", "1");
	wait_until(w, mine_says(w, "cai", "sign-ups: 1,"), "it to arrive");
	ended = gridctl(w, "cai", "mine", "--json");
	assert_ended(&ended, 0, "\n{\"sign_ups\":1,\"minutes\":0}\n");
	first = gridctl_json(w, "cai", "mine");
	assert_string_equal(json_string_value(json_object_get(first, "call")), call);
	assert_string_equal(json_string_value(json_object_get(first, "title")), "发放抗原试剂");
	assert_string_equal(json_string_value(json_object_get(first, "slot_label")), "早班");
	assert_int_equal(json_integer_value(json_object_get(first, "starts_ms")), 1902268800000);
	last = gridctl_json_row(w, "cai", 1, "mine");
	assert_int_equal(json_integer_value(json_object_get(last, "sign_ups")), 1);
	json_decref(first);
	json_decref(last);
}

/* A page has 100. */
static void
all_pages_are_read(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "2");
	struct ended ended;

	member(w, "ding");
	for (unsigned i = 0; i < 101; i++) {
		join(w, call, "ding");
		withdraw(w, call, "ding");
	}
	wait_until(w, mine_says(w, "ding", "number 101, struck"), "the last to arrive");
	ended = gridctl_shell(w, "\"$0\" mine --json --data \"$1\" --as ding | tail -n 1");
	assert_ended(&ended, 0, "{\"sign_ups\":101,\"minutes\":0}\n");
}

static void
who_has_none_is_told_so(void **state)
{
	struct world *w = *state;

	member(w, "early");
	assert_gridctl(w, "early", 0, "you have not signed up for anything yet\n", "mine");
	assert_gridctl(w, "early", 0, "{\"sign_ups\":0,\"minutes\":0}\n", "mine", "--json");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(sign_ups_are_listed_with_what_they_are_about_and_the_hours),
		shared(json_has_a_line_each_and_the_total_behind),
		shared(all_pages_are_read),
		shared(who_has_none_is_told_so),
	};

	return run_in_worlds(tests);
}
