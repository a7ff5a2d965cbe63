/* content.c - WeChat looks at what people write before others see it, and holds nobody up. */
#include <signal.h>
#include <stdio.h>

#include "lists.h"
#include "raw.h"
#include "sealed.h"
#include "secrecy.h"
#include "worlds.h"

#define in_world(test) fresh_with_wechat(test, NULL)

static Request *
to_post_titled(const char *title, const char *body)
{
	return to_post(.place = GRID_A, .title = title, .body = body);
}

static Request *
to_edit(const char *call, const char *title, const char *body)
{
	static Gridvanguard__V1__CallEdit edit;
	Request *request = to_post_titled(title, body);
	Gridvanguard__V1__CallPost *to = request->call_post;

	gridvanguard__v1__call_edit__init(&edit);
	edit.call = UNCONST(call);
	edit.version = 1;
	edit.to = to;
	request->call_edit = &edit;
	request->verb_case = GRIDVANGUARD__V1__REQUEST__VERB_CALL_EDIT;
	return request;
}

static Request *
to_join_saying(const char *call, const char *name, const char *remark)
{
	Request *request = to_join(call);

	request->chain_join->name = UNCONST(name);
	request->chain_join->remark = UNCONST(remark);
	return request;
}

/* A worker and a member whom WeChat knows, the member since he registered under a name that it could not be asked about. */
#define UNCHECKED 1
static void
come_by_wechat(struct world *w)
{
	know_by_openid(w, "worker", "o-worker");
	member(w, "an");
	know_by_openid(w, "an", "o-an");
}

static unsigned
calls_open(struct world *w)
{
	return (unsigned)metric(w, "calls_open");
}

static unsigned
checks(struct world *w)
{
	return stand_in_asked(w->wechat, CHECK_PATH);
}

/* Whatever was said, good or bad. */
static void
assert_log_has_no_text(const struct world *w)
{
	char path[160], line[1024];
	size_t at;
	FILE *log;

	snprintf(path, sizeof(path), "%s/hub.log", w->folder);
	assert_null(secrecy_find_in_file(SECRECY_LOG, path, &at));
	log = fopen(path, "re");
	assert_non_null(log);
	while (fgets(line, sizeof(line), log))
		if (strstr(line, "risky") || strstr(line, "o-worker"))
			fail_msg("%s", line);
	fclose(log);
}

static void
what_is_risky_is_not_written(void **state)
{
	struct world *w = *state;
	struct caller *worker;
	const char *call;

	come_by_wechat(w);
	worker = person(w, "worker");
	expect(worker, to_post_titled("a risky one", ""), "BAD_REQUEST", "title");
	expect(worker, to_post_titled("发放抗原试剂", "a risky one"), "BAD_REQUEST", "body");
	expect(worker, to_post(.place = GRID_A, .title = "发放抗原试剂", .body = "两人", .meeting = "risky"),
		"BAD_REQUEST", "body");
	assert_int_equal(calls_open(w), 0);
	call = post_call(w, .body = "两人", .meeting = "东门");
	assert_int_equal(stand_in_heard(w->wechat, CHECK_PATH, "\"content\":\"两人\\n东门\""), 1);
	expect(worker, to_edit(call, "risky", ""), "BAD_REQUEST", "to.title");
	expect(worker, to_edit(call, "发放", "risky"), "BAD_REQUEST", "to.body");
	expect(worker, to_edit(call, "发放", "三人"), "OK", ""); /* of the version that was posted */

	expect(person(w, "an"), to_join_saying(call, "", "risky"), "BAD_REQUEST", "remark");
	expect(person(w, "an"), to_join_saying(call, "risky", ""), "BAD_REQUEST", "remark");
	assert_chain(w, call, NULL);
	expect(person(w, "an"), to_join_saying(call, "", "带车"), "OK", "");
	assert_chain(w, call, "1 an confirmed");
	assert_int_equal(metric(w, "content_risky_total"), 7);
	assert_int_equal(metric(w, "content_unchecked_total"), UNCHECKED);
	assert_int_equal(metric(w, "content_asked_total"), checks(w));
	assert_int_equal(stand_in_heard(w->wechat, CHECK_PATH, "\"openid\":\"o-an\",\"scene\":2"), 3);
	assert_int_equal(stand_in_heard(w->wechat, CHECK_PATH, "\"openid\":\"o-worker\",\"scene\":3"), checks(w) - 3);
	assert_log_has_no_text(w);
}

static Request *
to_ask(const char *slot, const char *question, const char *choice)
{
	static Gridvanguard__V1__Slot slots[1], *slot_list[] = {&slots[0]};
	static Gridvanguard__V1__Question questions[1], *question_list[] = {&questions[0]};
	static char *choices[2];
	Request *request = to_post_titled("守夜", "");

	gridvanguard__v1__slot__init(&slots[0]);
	gridvanguard__v1__question__init(&questions[0]);
	slots[0].label = UNCONST(slot);
	questions[0].label = UNCONST(question);
	questions[0].kind = GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_CHOICE;
	choices[0] = UNCONST("A");
	choices[1] = UNCONST(choice);
	questions[0].choices = choices;
	questions[0].n_choices = 2;
	request->call_post->slots = slot_list;
	request->call_post->n_slots = 1;
	request->call_post->questions = question_list;
	request->call_post->n_questions = 1;
	return request;
}

/* Shifts and questions, with what there is to choose; templates, with their names. */
static void
all_of_a_call_is_looked_at(void **state)
{
	struct world *w = *state;
	struct caller *worker;
	Request *save;

	come_by_wechat(w);
	worker = person(w, "worker");
	expect(worker, to_ask("risky", "几点到", "B"), "BAD_REQUEST", "slots.label");
	expect(worker, to_ask("早班", "risky", "B"), "BAD_REQUEST", "questions.label");
	expect(worker, to_ask("早班", "几点到", "risky"), "BAD_REQUEST", "questions.label");
	assert_int_equal(calls_open(w), 0);
	expect(worker, to_ask("早班", "几点到", "B"), "OK", "");
	assert_int_equal(stand_in_heard(w->wechat, CHECK_PATH, "\"content\":\"几点到\\nA\\nB\""), 2);

	expect(worker, to_save_template(GRID_A, "risky", "守夜"), "BAD_REQUEST", "name");
	expect(worker, to_save_template(GRID_A, "守夜", "risky"), "BAD_REQUEST", "call.title");
	save = to_save_template(GRID_A, "守夜", "守夜");
	save->template_save->call->bring = UNCONST("risky");
	expect(worker, save, "BAD_REQUEST", "call.body");
	expect(worker, to_remove_template(GRID_A, "守夜"), "NOT_FOUND", "name");
	expect(worker, to_save_template(GRID_A, "守夜", "守夜"), "OK", "");
}

/* What is said at the end of a call is for all who signed up. */
static void
last_words_are_looked_at(void **state)
{
	Gridvanguard__V1__CallCancel cancel = GRIDVANGUARD__V1__CALL_CANCEL__INIT;
	Gridvanguard__V1__CallThank thank = GRIDVANGUARD__V1__CALL_THANK__INIT;
	Request cancelling = REQUEST(CALL_CANCEL, &cancel), thanking = REQUEST(CALL_THANK, &thank);
	struct world *w = *state;
	struct caller *worker;

	come_by_wechat(w);
	worker = person(w, "worker");
	cancel.call = thank.call = UNCONST(post_call(w));
	thank.text = cancel.reason = UNCONST("a risky one");
	expect(worker, &thanking, "BAD_REQUEST", "text");
	expect(worker, &cancelling, "BAD_REQUEST", "reason");
	assert_int_equal(calls_open(w), 1);
	thank.text = cancel.reason = UNCONST("下雨了");
	expect(worker, &thanking, "OK", "");
	expect(worker, &cancelling, "OK", "");
	wait_until(w, calls_open(w) == 0, "the end of the call");
}

/* How people are called is for all to read; but not what the roster calls them. Why somebody is refused he reads himself. */
static void
names_are_looked_at(void **state)
{
	struct world *w = *state;
	struct raw worker, bo;
	Request *refuse;

	come_by_wechat(w);
	expect(person(w, "an"), to_correct("risky", ""), "BAD_REQUEST", "name");
	expect(person(w, "an"), to_correct("安", "risky"), "BAD_REQUEST", "organisation");
	expect(person(w, "an"), to_correct("安", "市第二医院"), "OK", "");
	expect(person(w, "worker"), to_invite_new("risky", GRID_A), "BAD_REQUEST", "name");
	expect(person(w, "worker"), to_invite_new("李梅", GRID_A), "OK", "");

	know_by_openid(w, "bo", "o-bo");
	raw_login_agreed(&bo, w, "bo");
	raw_expect(&bo, to_register(GRID_A, "risky", ""), "BAD_REQUEST", "name");
	raw_expect(&bo, to_register(GRID_A, "博", "risky"), "BAD_REQUEST", "organisation");
	raw_expect(&bo, to_register(GRID_A, "博", ""), "OK", "");
	raw_login(&worker, w, "worker");
	refuse = raw_accept(&worker, caller_person(person(w, "bo")), GRID_A);
	refuse->pending_decide->accept = false;
	refuse->pending_decide->reason = UNCONST("risky");
	raw_expect(&worker, refuse, "BAD_REQUEST", "reason");
	refuse = raw_accept(&worker, caller_person(person(w, "bo")), GRID_A);
	refuse->pending_decide->accept = false;
	refuse->pending_decide->reason = UNCONST("地址不对");
	raw_expect(&worker, refuse, "OK", "");
	raw_close(&worker);
	raw_close(&bo);
	assert_int_equal(stand_in_heard(w->wechat, CHECK_PATH, "\"openid\":\"o-bo\",\"scene\":1"), 4);
}

static void
what_is_for_review_is_written(void **state)
{
	struct world *w = *state;
	const char *call;

	come_by_wechat(w);
	call = post_call(w, .title = "for review");
	expect(person(w, "an"), to_join_saying(call, "", "for review"), "OK", "");
	assert_int_equal(metric(w, "content_review_total"), 2);
	assert_int_equal(metric(w, "content_unchecked_total"), UNCHECKED);
}

/* Who says nothing is asked nothing about, and whom WeChat does not know it cannot be asked about. */
static void
who_says_nothing_or_is_unknown_is_not_checked(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .title = "a risky one");

	assert_int_equal(metric(w, "content_unchecked_total"), 1);
	join(w, call, "an"); /* who registers, under a name */
	assert_int_equal(metric(w, "content_unchecked_total"), 2);
	know_by_openid(w, "an", "o-an");
	expect(person(w, "an"), to_withdraw(call), "OK", "");
	expect(person(w, "an"), to_join(call), "OK", "");
	assert_int_equal(checks(w), 0);
	assert_int_equal(metric(w, "content_unchecked_total"), 2);
}

/* Whatever WeChat does, a call is posted, and soon. */
static void
nobody_is_held_up(void **state)
{
	static const struct {
		enum trouble trouble;
		int number;
	} troubles[] = {{ERRCODE, 61010}, {ERRCODE, 45009}, {HTTP_ERROR, 500}, {GARBAGE, 0}, {CUT, 0}, {ERRCODE, 99999},
		{SILENT, 0}, {SLOW, 1200}};
	struct world *w = *state;

	come_by_wechat(w);
	for (unsigned i = 0; i < ARRAY_LEN(troubles); i++) {
		uint64_t since_us = world_now_us();
		stand_in_next(w->wechat, CHECK_PATH, troubles[i].trouble, troubles[i].number);
		post_call(w, .title = "a risky one");
		assert_true(world_now_us() - since_us < 1500000);
		assert_int_equal(metric(w, "content_unchecked_total"), UNCHECKED + i + 1);
		post_call(w, .title = "发放抗原试剂"); /* which closes the breaker */
	}
	assert_int_equal(calls_open(w), 2 * ARRAY_LEN(troubles));
	wait_until(w, metric(w, "content_risky_total") == 1, "the verdict that came late");
	assert_log_has_no_text(w);
	assert_int_equal(calls_open(w), 2 * ARRAY_LEN(troubles));
}

/* What fails again and again is left alone, and then nobody waits at all. */
static void
nobody_waits_for_a_wechat_that_is_down(void **state)
{
	struct world *w = *state;
	unsigned asked;

	come_by_wechat(w);
	stand_in_always(w->wechat, CHECK_PATH, HTTP_ERROR, 500);
	for (int i = 0; metric(w, "wechat_left_alone") == 0; i++) {
		assert_true(i < 10);
		post_call(w, .title = "发放抗原试剂");
	}
	asked = checks(w);
	stand_in_always(w->wechat, CHECK_PATH, FINE, 0);
	post_call(w, .title = "a risky one");
	assert_int_equal(checks(w), asked);
}

/* His request is done as if he were there. */
static void
who_leaves_meanwhile_has_posted(void **state)
{
	struct world *w = *state;
	struct raw raw;

	come_by_wechat(w);
	stand_in_next(w->wechat, CHECK_PATH, SLOW, 300);
	raw_login(&raw, w, "worker");
	raw_send(&raw, to_post_titled("发放抗原试剂", ""));
	wait_until(w, checks(w) == 1, "the check");
	raw_close(&raw);
	wait_until(w, calls_open(w) == 1, "the call");
}

/* A hub that ends answers first. */
static void
hub_that_ends_answers_first(void **state)
{
	struct world *w = *state;
	struct raw raw;
	uint64_t id;

	come_by_wechat(w);
	people_go(w);
	stand_in_next(w->wechat, CHECK_PATH, SILENT, 0);
	raw_login(&raw, w, "worker");
	id = raw_send(&raw, to_post_titled("发放抗原试剂", ""));
	wait_until(w, checks(w) == 1, "the check");
	assert_int_equal(kill(w->hub, SIGTERM), 0);
	raw_expect_answer(&raw, id, "OK", "");
	raw_close(&raw);
	hub_end(w, SIGTERM);
	hub_start(w);
	assert_int_equal(calls_open(w), 1);
}

/* The same request gets the same answer, and there is one call. */
static void
sent_again_it_is_one_call(void **state)
{
	struct world *w = *state;
	struct raw raw;
	Request *post;
	uint64_t first, second;

	come_by_wechat(w);
	raw_login(&raw, w, "worker");
	stand_in_next(w->wechat, CHECK_PATH, SLOW, 1200);
	post = to_post_titled("a risky one", "");
	first = raw_send(&raw, post);
	raw_expect_answer(&raw, first, "OK", ""); /* too late */
	second = raw_send(&raw, post);
	raw_expect_answer(&raw, second, "OK", ""); /* risky, and done */
	stand_in_next(w->wechat, CHECK_PATH, SLOW, 200);
	post = to_post_titled("发放抗原试剂", "");
	first = raw_send(&raw, post);
	second = raw_send(&raw, post);
	raw_expect_answer(&raw, first, "OK", "");
	raw_expect_answer(&raw, second, "OK", "");
	assert_int_equal(calls_open(w), 2);
	raw_close(&raw);
}

static void
longest_text_is_checked(void **state)
{
	static char body[2000 * 3 + 1];
	char meeting[120 * 3 + 1] = "";
	struct world *w = *state;

	come_by_wechat(w);
	for (size_t i = 0; i < 2000; i++)
		memcpy(body + 3 * i, "好", 3);
	snprintf(meeting, sizeof(meeting), "%.*s", 120 * 3, body);
	post_call(w, .body = body, .meeting = meeting);
	assert_int_equal(metric(w, "content_unchecked_total"), UNCHECKED);
	assert_int_equal(checks(w), 2);
}

static void
without_wechat_nothing_is_checked(void **state)
{
	struct world *w = *state;

	post_call(w, .title = "a risky one");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(without_wechat_nothing_is_checked),
		in_world(what_is_risky_is_not_written),
		in_world(all_of_a_call_is_looked_at),
		in_world(last_words_are_looked_at),
		in_world(names_are_looked_at),
		in_world(what_is_for_review_is_written),
		in_world(who_says_nothing_or_is_unknown_is_not_checked),
		in_world(nobody_is_held_up),
		in_world(nobody_waits_for_a_wechat_that_is_down),
		in_world(who_leaves_meanwhile_has_posted),
		in_world(hub_that_ends_answers_first),
		in_world(sent_again_it_is_one_call),
		in_world(longest_text_is_checked),
	};

	return run_in_worlds(tests);
}
