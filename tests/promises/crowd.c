#include "crowd.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audited.h"
#include "clock.h"
#include "status.h"

#define PAGE 200

/* Hubs. */

struct caller *
crowd_connect(struct crowd *crowd, unsigned hub, const char *name)
{
	char url[96], token[TOKEN_TEXT];
	struct caller_options options = {
		.url = url, .token = token, .handle = name, .timeout_ms = 3 * PATIENCE_S * 1000};

	snprintf(url, sizeof(url), "ws://%s", crowd->hubs[hub]->address);
	read_token(crowd->hubs[hub], token);
	return caller_create(crowd->hubs[0]->dialer, &options);
}

/* Requests. */

static void
note_line(struct crowd_member *member, const Answer *answer)
{
	struct crowd *crowd = member->crowd;
	uint32_t number = answer->chain_join->number;

	assert_in_range(number, 1, CROWD_LINES_MAX);
	if (member->answers == 2) { /* the same again */
		assert_int_equal(number, member->number);
		assert_int_equal(answer->chain_join->state, member->state);
		return;
	}
	assert_null(crowd->owners[number]); /* never given twice */
	crowd->owners[number] = member;
	crowd->lines++;
	member->number = number;
	member->state = answer->chain_join->state;
}

static void
note_struck(struct crowd_member *member, const Answer *answer)
{
	uint32_t number = answer->chain_withdraw->number;

	if (member->answers == 2)
		return;
	assert_int_equal(number, member->number);
	member->crowd->struck[number] = true;
	member->number = 0;
}

static void
on_answer(struct caller *caller, const Answer *answer, void *context)
{
	struct crowd_member *member = context;
	struct crowd *crowd = member->crowd;

	(void)caller;
	if (!answer || answer->status != GRIDVANGUARD__V1__STATUS__STATUS_OK)
		fail_msg("%s: %s", member->name, answer ? status_name((enum status)answer->status) : "no answer");
	member->answers++;
	member->answered_us = world_now_us();
	crowd->answers++;
	if (answer->result_case == GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_JOIN)
		note_line(member, answer);
	else
		note_struck(member, answer);
	member->waits = member->answers < (crowd->twice ? 2U : 1U);
	if (!member->waits && member->again)
		crowd_step(member);
}

static void
send_request(struct crowd_member *member)
{
	Gridvanguard__V1__ChainJoin join_body = GRIDVANGUARD__V1__CHAIN_JOIN__INIT;
	Gridvanguard__V1__ChainWithdraw withdraw_body = GRIDVANGUARD__V1__CHAIN_WITHDRAW__INIT;
	Request joining = REQUEST(CHAIN_JOIN, &join_body), withdrawing = REQUEST(CHAIN_WITHDRAW, &withdraw_body);
	Request *request = member->withdraws ? &withdrawing : &joining;

	join_body.call = withdraw_body.call = UNCONST(member->crowd->call);
	for (unsigned sent = member->answers; sent < (member->crowd->twice ? 2U : 1U); sent++) {
		request->once = (ProtobufCBinaryData){sizeof(member->once.bytes), member->once.bytes};
		caller_send(member->caller, request, on_answer, member);
	}
}

void
crowd_step(struct crowd_member *member)
{
	assert_false(member->waits);
	member->waits = true;
	member->answers = 0;
	member->withdraws = member->number > 0;
	member->once = uuid_make(clock_wall_ms());
	send_request(member);
}

void
crowd_all_join(struct crowd *crowd)
{
	for (unsigned i = 0; i < crowd->count; i++)
		crowd_step(&crowd->members[i]);
}

unsigned
crowd_waits(const struct crowd *crowd)
{
	unsigned count = 0;

	for (unsigned i = 0; i < crowd->count; i++)
		count += crowd->members[i].waits;
	return count;
}

void
crowd_turn(struct crowd *crowd)
{
	unsigned before = crowd->answers;

	wait_until(crowd->hubs[0], crowd->answers != before || crowd_waits(crowd) == 0, "an answer");
}

void
crowd_settle(struct crowd *crowd)
{
	while (crowd_waits(crowd) > 0)
		crowd_turn(crowd);
}

void
crowd_hub_again(struct crowd *crowd, unsigned hub)
{
	struct world *w = crowd->hubs[hub];

	people_go(w); /* their token is another one now */
	hub_start(w);
	for (unsigned i = 0; i < crowd->count; i++) {
		struct crowd_member *member = &crowd->members[i];
		if (member->hub != hub)
			continue;
		caller_destroy(member->caller);
		member->caller = crowd_connect(crowd, member->hub, member->name);
		if (member->waits)
			send_request(member);
	}
}

/* Beginning and end. */

struct registering {
	unsigned left;
};

static void
on_registered(struct caller *caller, const Answer *answer, void *context)
{
	struct registering *registering = context;

	(void)caller;
	assert_true(answer && answer->status == GRIDVANGUARD__V1__STATUS__STATUS_OK);
	registering->left--;
}

static void
register_all(struct crowd *crowd)
{
	struct registering registering = {crowd->count};

	for (unsigned i = 0; i < crowd->count; i++) {
		Gridvanguard__V1__MemberRegister body = GRIDVANGUARD__V1__MEMBER_REGISTER__INIT;
		Request request = REQUEST(MEMBER_REGISTER, &body);
		body.place = UNCONST(GRID_A);
		body.name = crowd->members[i].name;
		caller_send(crowd->members[i].caller, &request, on_registered, &registering);
	}
	wait_until(crowd->hubs[0], registering.left == 0, "all to be registered");
}

/* A hub on the Redis of the first one. */
static struct world *
open_second(const struct world *first)
{
	static char url[200], key[200];
	static const char *flags[] = {"--redis", url, "--key-file", key, NULL};
	struct world *w;

	snprintf(url, sizeof(url), "unix:%s/redis.sock", first->folder);
	snprintf(key, sizeof(key), "%s/phones.key", first->folder);
	w = world_prepare(flags);
	hub_start(w);
	return w;
}

struct crowd *
crowd_open(unsigned count)
{
	struct crowd *crowd = calloc(1, sizeof(*crowd));

	assert_non_null(crowd);
	crowd->members = calloc(count, sizeof(*crowd->members));
	assert_non_null(crowd->members);
	crowd->count = count;
	crowd->hubs[0] = world_open(NULL);
	crowd->hubs[1] = open_second(crowd->hubs[0]);
	for (unsigned i = 0; i < count; i++) {
		struct crowd_member *member = &crowd->members[i];
		member->crowd = crowd;
		member->hub = i % CROWD_HUBS;
		snprintf(member->name, sizeof(member->name), "m%04u", i);
		member->caller = crowd_connect(crowd, member->hub, member->name);
	}
	register_all(crowd);
	return crowd;
}

void
crowd_close(struct crowd *crowd)
{
	crowd_chain(NULL, 0, NULL);
	assert_audit_clean(crowd->hubs[0]);
	for (unsigned i = 0; i < crowd->count; i++)
		caller_destroy(crowd->members[i].caller);
	world_close(crowd->hubs[1]);
	world_close(crowd->hubs[0]);
	free(crowd->members);
	free(crowd);
}

/* The chain. */

void
crowd_post(struct crowd *crowd, struct posting call)
{
	assert_int_equal(crowd_waits(crowd), 0);
	crowd->call = post_call_as(crowd->hubs[0], call);
	memset(crowd->owners, 0, sizeof(crowd->owners));
	memset(crowd->struck, 0, sizeof(crowd->struck));
	crowd->lines = 0;
	for (unsigned i = 0; i < crowd->count; i++)
		crowd->members[i].number = 0;
}

static struct caller *
any_of(const struct crowd *crowd, unsigned hub)
{
	for (unsigned i = 0; i < crowd->count; i++)
		if (crowd->members[i].hub == hub)
			return crowd->members[i].caller;
	return NULL;
}

/* True if the hub knows the grid by that name. */
static bool
knows_name(struct crowd *crowd, unsigned hub, const char *name)
{
	Gridvanguard__V1__PlaceShow body = GRIDVANGUARD__V1__PLACE_SHOW__INIT;
	Request request = REQUEST(PLACE_SHOW, &body);
	const Place *grid;
	Answer *answer;
	bool knows;

	body.place = UNCONST(GRID_A);
	answer = ask(any_of(crowd, hub), &request);
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	grid = answer->place_show->path[answer->place_show->n_path - 1];
	knows = strcmp(grid->name, name) == 0;
	free_answer(answer);
	return knows;
}

/* Waits until the hub has heard of all that was acknowledged by now: a change behind it in the same log is known to it. */
static void
catch_up(struct crowd *crowd, unsigned hub)
{
	static unsigned times;
	char name[32];

	snprintf(name, sizeof(name), "第%u次更名", ++times);
	import_place(crowd->hubs[0], GRID_A, name);
	wait_until(crowd->hubs[0], knows_name(crowd, hub, name), "the hub to have heard of it");
}

const Line *const *
crowd_chain(struct crowd *crowd, unsigned hub, unsigned *count)
{
	static Answer *pages[CROWD_LINES_MAX / PAGE + 1];
	static const Line *lines[CROWD_LINES_MAX];
	Gridvanguard__V1__ChainList body = GRIDVANGUARD__V1__CHAIN_LIST__INIT;
	Request request = REQUEST(CHAIN_LIST, &body);
	unsigned found = 0;
	bool more = crowd;

	for (size_t i = 0; i < ARRAY_LEN(pages) && pages[i]; i++) {
		free_answer(pages[i]);
		pages[i] = NULL;
	}
	if (crowd)
		catch_up(crowd, hub);
	for (size_t page = 0; more; page++) {
		assert_true(page < ARRAY_LEN(pages));
		body.call = UNCONST(crowd->call);
		body.count = PAGE;
		body.after = found;
		pages[page] = ask(any_of(crowd, hub), &request);
		assert_int_equal(pages[page]->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
		for (size_t i = 0; i < pages[page]->chain_list->n_lines; i++)
			lines[found++] = pages[page]->chain_list->lines[i];
		more = pages[page]->chain_list->more;
	}
	if (count)
		*count = found;
	return lines;
}

/* What had been acknowledged before the chain was read: the crowd does not stand still meanwhile. */
static struct {
	const struct crowd_member *owners[CROWD_LINES_MAX + 1];
	bool struck[CROWD_LINES_MAX + 1];
} acknowledged;

static void
check_owner(const Line *line, bool all)
{
	const struct crowd_member *owner = acknowledged.owners[line->number];

	if (all)
		assert_non_null(owner);
	if (!owner)
		return;
	assert_string_equal(line->name, owner->name);
	if (acknowledged.struck[line->number] || all)
		assert_int_equal(line->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_STRUCK,
			acknowledged.struck[line->number]);
}

/* Names are "m0017". */
static void
check_live_once(const struct crowd *crowd, const Line *const *lines, unsigned count)
{
	bool *seen = calloc(crowd->count, sizeof(*seen));

	for (unsigned i = 0; i < count; i++) {
		unsigned long member = strtoul(lines[i]->name + 1, NULL, 10);
		if (lines[i]->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_STRUCK)
			continue;
		assert_in_range(member, 0, crowd->count - 1);
		assert_false(seen[member]);
		seen[member] = true;
	}
	free(seen);
}

/* What the hub counts: never more than the limit, at no moment. */
static void
check_limit(struct crowd *crowd, unsigned hub, uint32_t limit)
{
	Gridvanguard__V1__CallShow body = GRIDVANGUARD__V1__CALL_SHOW__INIT;
	Request request = REQUEST(CALL_SHOW, &body);
	Answer *answer;

	body.call = UNCONST(crowd->call);
	answer = ask(any_of(crowd, hub), &request);
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	if (limit > 0)
		assert_in_range(answer->call_show->call->confirmed, 0, limit);
	free_answer(answer);
}

/* Nothing is under way, so what the pages say is all of one moment. */
static void
check_quiet(struct crowd *crowd, const Line *const *lines, unsigned count, uint32_t limit)
{
	unsigned confirmed = 0;

	check_live_once(crowd, lines, count);
	for (unsigned i = 0; i < count; i++)
		confirmed += lines[i]->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_CONFIRMED;
	if (limit > 0)
		assert_in_range(confirmed, 0, limit);
	assert_int_equal(count, crowd->lines);
}

void
crowd_check(struct crowd *crowd, unsigned hub, uint32_t limit, bool all)
{
	const Line *const *lines;
	unsigned count;

	memcpy(acknowledged.owners, crowd->owners, sizeof(acknowledged.owners));
	memcpy(acknowledged.struck, crowd->struck, sizeof(acknowledged.struck));
	lines = crowd_chain(crowd, hub, &count);
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(lines[i]->number, i + 1);
		check_owner(lines[i], all);
	}
	for (unsigned number = count + 1; number <= CROWD_LINES_MAX; number++)
		assert_null(acknowledged.owners[number]);
	if (all)
		check_quiet(crowd, lines, count, limit);
	check_limit(crowd, hub, limit);
}
