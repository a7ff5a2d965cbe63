/* tell.c - a call reaches who has the mini-program closed, by a message of WeChat's: each once, and only who wants it. */
#include <signal.h>
#include <stdio.h>

#include "raw.h"
#include "sealed.h"
#include "worlds.h"

static const char *const flags[] = {
	"--wechat-call-template", "template thing1=title time2=deadline thing3=place", NULL};

#define in_world(test) fresh_with_wechat(test, flags)

/* So many messages the person of that handle may be sent; allows `more` first. */
static uint32_t
left_of(struct world *w, const char *handle, bool more)
{
	Answer *answer = ask(person(w, handle), to_allow(more ? "template" : NULL));
	uint32_t left;

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	assert_string_equal(answer->subscribe_tell->template_, "template");
	left = answer->subscribe_tell->left;
	free_answer(answer);
	return left;
}

#define left(w, handle)  left_of(w, handle, false)
#define allow(w, handle) (void)left_of(w, handle, true)

/* A member of GRID_A who came by WeChat as "o-" and his handle, and wants to be told once. */
static void
wants_to_be_told(struct world *w, const char *handle)
{
	char openid[40];

	snprintf(openid, sizeof(openid), "o-%s", handle);
	member(w, handle);
	know_by_openid(w, handle, openid);
	allow(w, handle);
}

static void
everybody_leaves(struct world *w)
{
	people_go(w);
	wait_until(w, metric(w, "sessions") == 0, "everybody to be away");
}

static uint64_t
messages(struct world *w, const char *outcome)
{
	char name[64];

	snprintf(name, sizeof(name), "messages_total{outcome=\"%s\"}", outcome);
	return metric(w, name);
}

static void
reaches_who_is_away_and_wants_it(void **state)
{
	struct world *w = *state;

	wants_to_be_told(w, "an");
	wants_to_be_told(w, "bo");
	wants_to_be_told(w, "chen");
	expect(person(w, "bo"), to_move(GRID_B), "OK", "");
	member(w, "ding");
	know_by_openid(w, "ding", "o-ding");
	everybody_leaves(w);
	person(w, "chen"); /* has it open */
	post_call(w, .title = "紧急招募志愿者");
	wait_until(w, messages(w, "sent") == 1, "the message");
	assert_int_equal(stand_in_heard(w->wechat, SEND_PATH, "o-an"), 1);
	assert_int_equal(stand_in_heard(w->wechat, SEND_PATH, "紧急招募志愿者"), 1);
	assert_int_equal(stand_in_heard(w->wechat, SEND_PATH, "第1网格"), 1);
	assert_int_equal(stand_in_asked(w->wechat, SEND_PATH), 1);
	assert_int_equal(left(w, "an"), 0);
	assert_int_equal(left(w, "chen"), 1);
	assert_int_equal(left(w, "bo"), 1);
	assert_int_equal(stand_in_asked(w->wechat, TOKEN_PATH), 1);
}

static void
other_templates_allow_nothing(void **state)
{
	struct world *w = *state;
	Answer *answer = ask(member(w, "an"), to_allow("another"));

	assert_int_equal(answer->subscribe_tell->left, 0);
	free_answer(answer);
	for (unsigned i = 1; i <= 25; i++)
		assert_int_equal(left_of(w, "an", true), MIN(i, 20U));
}

/* WeChat knows better than we do what was granted. */
static void
without_a_grant_the_count_is_nothing(void **state)
{
	struct world *w = *state;

	wants_to_be_told(w, "an");
	allow(w, "an");
	everybody_leaves(w);
	stand_in_next(w->wechat, SEND_PATH, ERRCODE, 43101);
	post_call(w, .limit = 0);
	wait_until(w, messages(w, "refused") == 1, "the refusal");
	assert_int_equal(left(w, "an"), 0);
	assert_int_equal(stand_in_asked(w->wechat, SEND_PATH), 1);
}

/* He has it back, and the next one reaches him. */
static void
other_refusal_is_given_back(void **state)
{
	struct world *w = *state;

	wants_to_be_told(w, "an");
	everybody_leaves(w);
	stand_in_next(w->wechat, SEND_PATH, ERRCODE, 40003);
	post_call(w, .limit = 0);
	wait_until(w, messages(w, "refused") == 1, "the refusal");
	wait_until(w, left(w, "an") == 1, "what was used up");
	everybody_leaves(w);
	post_call(w, .limit = 0);
	wait_until(w, messages(w, "sent") == 1, "the message");
}

/* Whether it arrived nobody knows: it is not sent again, and counts as used. Who is in goes on as ever. */
static void
unknown_outcome_is_not_repeated(void **state)
{
	static const struct {
		enum trouble trouble;
		int number;
	} troubles[] = {{HANG_UP, 0}, {CUT, 0}, {GARBAGE, 0}, {HTTP_ERROR, 500}};
	struct world *w = *state;

	wants_to_be_told(w, "an");
	for (unsigned i = 0; i < ARRAY_LEN(troubles); i++) {
		everybody_leaves(w);
		stand_in_next(w->wechat, SEND_PATH, troubles[i].trouble, troubles[i].number);
		join(w, post_call(w, .limit = 0), "bo");
		wait_until(w, messages(w, "unknown") == i + 1, "what nobody knows");
		assert_int_equal(stand_in_asked(w->wechat, SEND_PATH), i + 1);
		assert_int_equal(left(w, "an"), 0);
		allow(w, "an");
	}
	everybody_leaves(w);
	stand_in_next(w->wechat, SEND_PATH, SLOW, 1000);
	post_call(w, .limit = 0);
	wait_until(w, messages(w, "sent") == 1, "a slow answer");
}

/* The template is not as it was said: one message finds out, and none follows. */
static void
wrong_template_stops_all_messages(void **state)
{
	struct world *w = *state;
	const char *call;

	wants_to_be_told(w, "an");
	wants_to_be_told(w, "bo");
	wants_to_be_told(w, "chen");
	everybody_leaves(w);
	stand_in_always(w->wechat, SEND_PATH, ERRCODE, 47003);
	post_call(w, .limit = 0);
	wait_until(w, metric(w, "messages_stopped") == 1, "the end of messages");
	assert_int_equal(stand_in_asked(w->wechat, SEND_PATH), 1);
	stand_in_always(w->wechat, SEND_PATH, FINE, 0);
	call = post_call(w, .limit = 0);
	join(w, call, "ding");
	hub_again(w, SIGTERM); /* the operator has mended it */
	wait_until(w, messages(w, "sent") == 3, "the messages of the second call");
}

/* WeChat is away for a moment: nobody has lost anything, and who was not told then is told later. */
static void
busy_wechat_is_asked_again_later(void **state)
{
	struct world *w = *state;

	wants_to_be_told(w, "an");
	wants_to_be_told(w, "bo");
	everybody_leaves(w);
	for (int i = 0; i < 3; i++)
		stand_in_next(w->wechat, SEND_PATH, ERRCODE, -1);
	post_call(w, .limit = 0);
	wait_until(w, stand_in_asked(w->wechat, SEND_PATH) == 3, "three tries");
	assert_int_equal(left(w, "an") + left(w, "bo"), 2);
	everybody_leaves(w);
	wait_until(w, messages(w, "sent") == 2, "both to be told");
	assert_int_equal(
		stand_in_heard(w->wechat, SEND_PATH, "o-an") + stand_in_heard(w->wechat, SEND_PATH, "o-bo"), 5);
}

/* The first message is slow; meanwhile the one place is taken. */
static void
nobody_is_told_of_a_call_that_is_full(void **state)
{
	struct world *w = *state;
	const char *call;

	wants_to_be_told(w, "an");
	wants_to_be_told(w, "bo");
	wants_to_be_told(w, "chen");
	everybody_leaves(w);
	stand_in_next(w->wechat, SEND_PATH, SLOW, 2000);
	call = post_call(w, .limit = 1);
	wait_until(w, stand_in_asked(w->wechat, SEND_PATH) == 1, "the first message");
	join(w, call, "ding");
	wait_until(w, messages(w, "sent") == 1, "the first message to be sent");
	wait_until(w, messages(w, "dropped") >= 1, "the rest to be dropped");
	assert_int_equal(stand_in_asked(w->wechat, SEND_PATH), 1);
}

/* The time of the hub that tells of it is over. */
static void
make_due(const struct world *w, const char *call)
{
	redisContext *redis = sealed_redis(w);
	char item[48];
	struct id id;

	assert_true(id_parse(&id, text_of(call)));
	snprintf(item, sizeof(item), "tell %s", call);
	freeReplyObject(redisCommand(redis, "ZADD {%u}:due XX 0 %s", id.partition, item));
	redisFree(redis);
}

/* A hub is killed with a message under way: another one tells the others, and nobody twice. */
static void
next_hub_goes_on_when_one_dies(void **state)
{
	struct world *w = *state;
	const char *call;

	wants_to_be_told(w, "an");
	wants_to_be_told(w, "bo");
	wants_to_be_told(w, "chen");
	everybody_leaves(w);
	stand_in_next(w->wechat, SEND_PATH, SILENT, 0);
	call = post_call(w, .limit = 0);
	wait_until(w, stand_in_asked(w->wechat, SEND_PATH) == 1, "the first message");
	hub_again(w, SIGKILL);
	make_due(w, call);
	wait_until(w, messages(w, "sent") == 2, "the other two");
	assert_int_equal(stand_in_asked(w->wechat, SEND_PATH), 3);
	for (const char *const *openid = (const char *const[]){"o-an", "o-bo", "o-chen", NULL}; *openid; openid++)
		assert_int_equal(stand_in_heard(w->wechat, SEND_PATH, *openid), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		in_world(reaches_who_is_away_and_wants_it),
		in_world(other_templates_allow_nothing),
		in_world(without_a_grant_the_count_is_nothing),
		in_world(other_refusal_is_given_back),
		in_world(unknown_outcome_is_not_repeated),
		in_world(wrong_template_stops_all_messages),
		in_world(busy_wechat_is_asked_again_later),
		in_world(nobody_is_told_of_a_call_that_is_full),
		in_world(next_hub_goes_on_when_one_dies),
	};

	return run_in_worlds(tests);
}
