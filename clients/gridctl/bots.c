/* bots.c - simulated members over real sockets, for trials and demonstrations.
 *
 * Each logs in, registers to a building group of the grid, watches the grid, and, if it is one of those that will, signs
 * up for the first open call some time after it heard of it. Everything that is chance comes from the seed. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>

#include "clock.h"
#include "place.h"
#include "random.h"
#include "tool.h"

#define BOTS_MAX      10000
#define BUILDINGS_MAX 200
#define PREFIX_MAX    20

#define HANDLE_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789-_"

struct bots;

struct bot {
	struct bots *bots;
	struct caller *caller;
	char handle[64];
	char name[32];
	char place[PLACE_TEXT];
	char call[ID_TEXT]; /* the one it signs up for; empty: none yet */
	bool joins;
	uint64_t delay_ms;
	uint64_t heard_us;
	bool ready; /* registered and watching */
	bool joined;
	uv_timer_t timer;
};

struct bots {
	struct tool *tool;
	struct place grid;
	const char *grid_code;
	struct bot *bots;
	unsigned count, ready, joiners;
	unsigned tried, joined, failed; /* to sign up; and so it ended. Failing may also be to take part at all */
	bool told_ready;
	bool interrupted;
};

/* Names: a family name and one or two characters, the commonest there are. */
static const char *const family_names[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡",
	"朱", "高", "林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程",
	"曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕", "苏", "卢", "蒋", "蔡", "贾", "丁", "魏", "薛", "叶",
	"阎"};
static const char *const given_names[] = {"伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰",
	"娟", "涛", "明", "超", "霞", "平", "刚", "桂英", "建国", "秀兰", "志强", "海燕", "建华", "玉梅", "文博",
	"思远", "晓东", "子涵", "雨欣", "浩然", "国栋", "红梅", "春生", "永胜", "雪莲", "立新", "慧敏"};
static const char *const organisations[] = {"市住建局机关党委", "市第二医院党总支", "太原理工大学党委",
	"龙城街道机关党支部", "西吴社区党总支", "市公交公司党委", "市供水集团党委", "晋阳律师事务所党支部"};

static void
make_name(struct bots *bots, struct bot *bot, struct rng *rng)
{
	bool taken = true;

	/* Two of one name are real, but a chain reads better without. */
	for (int tries = 0; taken && tries < 100; tries++) {
		snprintf(bot->name, sizeof(bot->name), "%s%s", family_names[rng_below(rng, ARRAY_LEN(family_names))],
			given_names[rng_below(rng, ARRAY_LEN(given_names))]);
		taken = false;
		for (struct bot *other = bots->bots; other < bot && !taken; other++)
			taken = strcmp(other->name, bot->name) == 0;
	}
}

/* What a bot does. */

static void
print_joined(struct bot *bot, const Gridvanguard__V1__ChainJoinResult *result)
{
	bool confirmed = result->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_CONFIRMED;
	uint64_t took_ms = (clock_mono_us() - bot->heard_us) / 1000;

	if (bot->bots->tool->json)
		print_json(json_pack("{s:s, s:s, s:s, s:i, s:s, s:I}", "handle", bot->handle, "name", bot->name,
			"place", bot->place, "number", (int)result->number, "state",
			confirmed ? "CONFIRMED" : "WAITING", "ms", (json_int_t)took_ms));
	else
		printf(T("%s is number %u, %s\n", "%s 是第 %u 号，%s\n"), bot->name, result->number,
			confirmed ? T("confirmed", "已确认") : T("waiting", "候补"));
	fflush(stdout);
}

static void
on_joined(struct caller *caller, const Answer *answer, void *context)
{
	struct bot *bot = context;
	bool good = answer && answer->result_case == GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_JOIN;

	(void)caller;
	if (bot->joined)
		return;
	bot->joined = true;
	bot->bots->tried++;
	if (good) {
		bot->bots->joined++;
		print_joined(bot, answer->chain_join);
		return;
	}
	bot->bots->failed++;
	if (answer)
		print_refusal(bot->bots->tool, answer);
}

static void
on_delay_over(uv_timer_t *timer)
{
	struct bot *bot = timer->data;
	Gridvanguard__V1__ChainJoin body = GRIDVANGUARD__V1__CHAIN_JOIN__INIT;
	Request request = REQUEST(CHAIN_JOIN, &body);

	body.call = bot->call;
	caller_send(bot->caller, &request, on_joined, bot);
}

static void
hear_of_call(struct bot *bot, const Call *call)
{
	if (!bot->joins || bot->call[0] || call->state != GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_OPEN)
		return;
	snprintf(bot->call, sizeof(bot->call), "%s", call->id);
	bot->heard_us = clock_mono_us();
	uv_timer_start(&bot->timer, on_delay_over, bot->delay_ms, 0);
}

static void
on_event(struct caller *caller, const Event *event, void *context)
{
	(void)caller;
	if (event->what_case == GRIDVANGUARD__V1__EVENT__WHAT_CALL_CHANGED)
		hear_of_call(context, event->call_changed->call);
}

static void
on_calls(struct caller *caller, const Answer *answer, void *context)
{
	struct bot *bot = context;

	(void)caller;
	if (!bot->ready) {
		bot->ready = true;
		bot->bots->ready++;
	}
	if (!answer || answer->result_case != GRIDVANGUARD__V1__ANSWER__RESULT_CALL_LIST)
		return;
	for (size_t i = 0; i < answer->call_list->n_calls; i++)
		hear_of_call(bot, answer->call_list->calls[i]);
}

/* It watches; calls that were there before are looked up. */
static void
on_snapshot(struct caller *caller, void *context)
{
	struct bot *bot = context;
	Gridvanguard__V1__CallList body = GRIDVANGUARD__V1__CALL_LIST__INIT;
	Request request = REQUEST(CALL_LIST, &body);

	body.place = UNCONST(bot->bots->grid_code);
	body.count = 50;
	caller_send(caller, &request, on_calls, bot);
}

static void
watch_grid(struct bot *bot)
{
	PlaceWatch place = GRIDVANGUARD__V1__PLACE_WATCH__INIT, *places[] = {&place};
	Watch watch = GRIDVANGUARD__V1__WATCH__INIT;

	place.place = UNCONST(bot->bots->grid_code);
	watch.places = places;
	watch.n_places = 1;
	caller_watch(bot->caller, &watch);
}

static void
on_registered(struct caller *caller, const Answer *answer, void *context)
{
	struct bot *bot = context;

	(void)caller;
	if (answer && (answer->status == GRIDVANGUARD__V1__STATUS__STATUS_OK ||
			      answer->status == GRIDVANGUARD__V1__STATUS__STATUS_ALREADY)) {
		watch_grid(bot);
		return;
	}
	if (answer)
		print_refusal(bot->bots->tool, answer);
	bot->bots->failed++;
}

/* One that cannot take part ends it all; the first says why. */
static void
give_up(struct bot *bot, const char *why)
{
	if (bot->bots->failed++ == 0)
		fprintf(stderr, T("gridctl: %s: %s\n", "gridctl: %s：%s\n"), bot->handle, why);
}

/* Whom an earlier trial has left elsewhere. */
static void
give_up_elsewhere(struct bot *bot, const char *place)
{
	char why[160];

	snprintf(why, sizeof(why),
		T("is registered at %s already, not in %s; other members are made by another --prefix",
			"已在 %s 报到，不在 %s；请换一个 --prefix"),
		place, bot->bots->grid_code);
	give_up(bot, why);
}

static bool
lives_in(struct place grid, const char *code)
{
	struct place place;

	return place_parse(&place, text_of(code)) && place_covers(grid, place);
}

static void
on_state(struct caller *caller, enum caller_state state, void *context)
{
	struct bot *bot = context;
	Gridvanguard__V1__MemberRegister body = GRIDVANGUARD__V1__MEMBER_REGISTER__INIT;
	Request request = REQUEST(MEMBER_REGISTER, &body);

	if (state == CALLER_REFUSED)
		give_up(bot, caller_trouble(caller));
	if (state != CALLER_PRESENT || bot->ready)
		return;
	if (caller_place(caller)[0]) {
		if (lives_in(bot->bots->grid, caller_place(caller)))
			watch_grid(bot);
		else
			give_up_elsewhere(bot, caller_place(caller));
		return;
	}
	body.place = bot->place;
	body.name = bot->name;
	body.organisation = UNCONST(organisations[(size_t)(bot - bot->bots->bots) % ARRAY_LEN(organisations)]);
	caller_send(caller, &request, on_registered, bot);
}

/* All of them. */

/* The known building groups of the grid; how many. */
static size_t
list_buildings(struct tool *tool, const char *grid, char out[BUILDINGS_MAX][PLACE_TEXT], int *status)
{
	Gridvanguard__V1__PlaceList body = GRIDVANGUARD__V1__PLACE_LIST__INIT;
	Request request = REQUEST(PLACE_LIST, &body);
	Answer *answer;
	size_t count = 0;

	body.under = UNCONST(grid);
	body.depth = 1;
	body.count = BUILDINGS_MAX;
	answer = tool_ask(tool, &request, status);
	if (!answer)
		return 0;
	for (; count < answer->place_list->n_places; count++)
		snprintf(out[count], PLACE_TEXT, "%s", answer->place_list->places[count]->code);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return count;
}

/* Exponential with that mean, as independent people are, but not beyond five times it. */
static uint64_t
draw_delay(struct rng *rng, uint64_t mean_ms)
{
	double even = ((double)rng_below(rng, 1000000) + 1) / 1000001;
	double delay = -log(even) * (double)mean_ms;

	return (uint64_t)fmin(delay, 5.0 * (double)mean_ms);
}

/* Who will sign up: the first so many of a shuffled row. */
static void
choose_joiners(struct bots *bots, struct rng *rng)
{
	unsigned *order = calloc(bots->count, sizeof(*order));

	for (unsigned i = 0; i < bots->count; i++)
		order[i] = i;
	for (unsigned i = bots->count; i > 1; i--) {
		unsigned j = rng_below(rng, i), kept = order[i - 1];
		order[i - 1] = order[j];
		order[j] = kept;
	}
	for (unsigned i = 0; i < bots->joiners; i++)
		bots->bots[order[i]].joins = true;
	free(order);
}

static int
create_bots(struct bots *bots, uint64_t seed, uint64_t pace_ms, const char *prefix)
{
	struct tool *tool = bots->tool;
	static char buildings[BUILDINGS_MAX][PLACE_TEXT];
	struct rng rng = {seed};
	int status = EXIT_DONE;
	size_t building_count = list_buildings(tool, bots->grid_code, buildings, &status);

	if (status != EXIT_DONE)
		return status;
	bots->bots = calloc(bots->count, sizeof(*bots->bots));
	choose_joiners(bots, &rng);
	for (unsigned i = 0; i < bots->count; i++) {
		struct bot *bot = &bots->bots[i];
		struct caller_options options = {
			.url = tool->url,
			.token = tool->token,
			.token_file = tool->token_file[0] ? tool->token_file : NULL,
			.handle = bot->handle,
			.timeout_ms = tool->timeout_ms,
			.state = on_state,
			.event = on_event,
			.snapshot = on_snapshot,
			.context = bot,
		};
		bot->bots = bots;
		snprintf(bot->handle, sizeof(bot->handle), "%s-%u", prefix, i + 1);
		make_name(bots, bot, &rng);
		snprintf(bot->place, sizeof(bot->place), "%s",
			building_count ? buildings[rng_below(&rng, (uint32_t)building_count)] : bots->grid_code);
		bot->delay_ms = draw_delay(&rng, pace_ms);
		uv_timer_init(&tool->loop, &bot->timer);
		bot->timer.data = bot;
		bot->caller = caller_create(tool->dialer, &options);
	}
	return EXIT_DONE;
}

static void
destroy_bots(struct bots *bots)
{
	for (unsigned i = 0; bots->bots && i < bots->count; i++) {
		if (!bots->bots[i].caller)
			continue;
		caller_destroy(bots->bots[i].caller);
		uv_close((uv_handle_t *)&bots->bots[i].timer, NULL);
	}
}

static void
say_ready(struct bots *bots)
{
	bots->told_ready = true;
	if (bots->tool->json)
		print_json(json_pack("{s:i}", "ready", (int)bots->ready));
	else
		printf(T("%u members are registered and listening\n", "%u 名成员已报到并在线\n"), bots->ready);
	fflush(stdout);
}

static void
on_interrupt(uv_signal_t *interrupt, int number)
{
	struct bots *bots = interrupt->data;

	(void)number;
	bots->interrupted = true;
}

static void
run_loop(struct bots *bots)
{
	uv_loop_t *loop = &bots->tool->loop;
	uv_signal_t interrupt;

	uv_signal_init(loop, &interrupt);
	interrupt.data = bots;
	uv_signal_start(&interrupt, on_interrupt, SIGINT);
	while (!bots->interrupted && (!bots->told_ready || bots->tried < bots->joiners) && bots->failed == 0) {
		uv_run(loop, UV_RUN_ONCE);
		if (!bots->told_ready && bots->ready == bots->count)
			say_ready(bots);
	}
	uv_close((uv_handle_t *)&interrupt, NULL);
	uv_run(loop, UV_RUN_NOWAIT);
}

static int
say_result(struct bots *bots)
{
	if (bots->tool->json)
		print_json(json_pack("{s:i, s:i, s:i}", "members", (int)bots->count, "joined", (int)bots->joined,
			"failed", (int)bots->failed));
	else
		printf(T("%u of %u members signed up\n", "%2$u 名成员中有 %1$u 名接龙\n"), bots->joined, bots->count);
	return bots->failed ? EXIT_REFUSED : EXIT_DONE;
}

int
run_bots(struct tool *tool)
{
	struct bots bots = {.tool = tool, .grid_code = args_get(&tool->args, "place")};
	const char *prefix = args_get(&tool->args, "prefix");
	uint64_t count, joiners, pace_ms, seed;
	int status;

	if (!bots.grid_code || !place_parse(&bots.grid, text_of(bots.grid_code)) || place_level(bots.grid) != GRID) {
		fprintf(stderr, T("gridctl: --place must name a grid of 15 digits\n",
					"gridctl: --place 必须是 15 位的网格代码\n"));
		return EXIT_USAGE;
	}
	if (!args_number(&tool->args, "count", 60, 1, BOTS_MAX, &count) ||
		!args_number(&tool->args, "join", count, 0, count, &joiners) ||
		!args_number(&tool->args, "pace", 1000, 0, 3600000, &pace_ms) ||
		!args_number(&tool->args, "seed", 412, 0, UINT32_MAX, &seed))
		return EXIT_USAGE;
	prefix = prefix ? prefix : "bot";
	if (prefix[0] == '\0' || strlen(prefix) > PREFIX_MAX || prefix[strspn(prefix, HANDLE_CHARACTERS)]) {
		fprintf(stderr,
			T("gridctl: --prefix: '%s' is not 1 to 20 of a-z, 0-9, - and _\n",
				"gridctl: --prefix：“%s”不是 1 到 20 个 a-z、0-9、- 或 _\n"),
			prefix);
		return EXIT_USAGE;
	}
	bots.count = (unsigned)count;
	bots.joiners = (unsigned)joiners;
	status = create_bots(&bots, seed, pace_ms, prefix);
	if (status == EXIT_DONE) {
		run_loop(&bots);
		status = say_result(&bots);
	}
	destroy_bots(&bots);
	tool_disconnect(tool);
	free(bots.bots);
	return status;
}
