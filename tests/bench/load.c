/* load.c - a crowd of clients on one server, and what that server takes for them: one line of JSON a work.
 *
 *   load ADDRESS COUNT PID hub FOLDER PLACE   who log in on the hub that serves the data folder and watch the place ("-":
 *                                             nothing)
 *   load ADDRESS COUNT PID floor [PATH]       who only connect; what the first sends makes the server send to all
 *   load ADDRESS COUNT PID peer PATH PROTOCOL HELLO GREETINGS TRIGGER
 *                                             the same of a peer: each sends HELLO ("-": nothing), is ready when so many
 *                                             messages came, and the first sends TRIGGER, once for each call; both are "t"
 *                                             and text, or "b" and hexadecimal digits. PROTOCOL may be "-"
 *
 * PID is the server's, whose CPU is told. Works are read from standard input, one a line:
 *
 *   broadcast NUMBER    so many calls at once to everybody
 *   idle SECONDS        nothing
 *   register PLACE      everybody becomes a member there (hub alone)
 *   signup DEPTH PLACE  a call, and everybody signs up to it, so many at once; once they are members, at a hub; a peer is
 *                       sent TRIGGER instead, and the place is not looked at
 *   boards COUNT PLACE GRID SIGN-UPS    so many more who watch the place (a city's boards); everybody here signs up in the grid,
 *                       SIGN-UPS one by one when all is quiet, then as many as fast as they are answered; told is how long
 *                       it takes until every board shows it (hub alone; once they are members)
 *   end                 and nobody is left
 *
 * Times are of one clock, from the moment the first client has sent: *_ms to the first client, to 99 of 100, to the
 * last. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "clock.h"
#include "load.h"
#include "uuid.h"

static uint64_t
cpu_us(const struct load *load)
{
	struct timespec time;

	if (clock_gettime(load->cpu, &time) != 0)
		bench_die("the server is gone");
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

double
ms_since(uint64_t from_us, uint64_t to_us)
{
	return to_us > from_us ? (double)(to_us - from_us) / 1000 : 0;
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *first = a, *second = b;

	return (*first > *second) - (*first < *second);
}

uint64_t
at_quantile(uint64_t *times, unsigned count, double quantile)
{
	qsort(times, count, sizeof(*times), compare);
	return times[(unsigned)((count - 1) * quantile)];
}

/* Requests. */

static void
make_once(uint8_t out[16])
{
	struct uuid once = uuid_make(clock_wall_ms());

	memcpy(out, once.bytes, sizeof(once.bytes));
}

static void
send_request(struct load *load, unsigned client, Request *const *requests, size_t count)
{
	Frame frame = GRIDVANGUARD__V1__FRAME__INIT;
	uint8_t packed[16384];

	frame.requests = UNCONST(requests);
	frame.n_requests = count;
	if (gridvanguard__v1__frame__get_packed_size(&frame) > sizeof(packed))
		bench_die("too much for a frame");
	crowd_send(&load->crowd, client, packed, gridvanguard__v1__frame__pack(&frame, packed));
}

#define POSTS_MAX 16

/* Calls whose event is about 200 bytes long. */
static void
post(struct load *load, const char *place, unsigned count)
{
	static const char body[] = "请在群里接龙，试剂一到就开始发放，先到楼下集合。";
	Request requests[POSTS_MAX], *all[POSTS_MAX];
	Gridvanguard__V1__CallPost posts[POSTS_MAX];
	uint8_t once[POSTS_MAX][16];

	for (unsigned i = 0; i < count; i++) {
		requests[i] = (Request)GRIDVANGUARD__V1__REQUEST__INIT;
		posts[i] = (Gridvanguard__V1__CallPost)GRIDVANGUARD__V1__CALL_POST__INIT;
		make_once(once[i]);
		posts[i].place = UNCONST(place);
		posts[i].title = UNCONST("发放抗原检测试剂");
		posts[i].body = UNCONST(body);
		posts[i].need = 20;
		posts[i].deadline_ms = clock_wall_ms() + 3600000;
		requests[i].id = 10 + load->posted++;
		requests[i].once = (ProtobufCBinaryData){16, once[i]};
		requests[i].verb_case = GRIDVANGUARD__V1__REQUEST__VERB_CALL_POST;
		requests[i].call_post = &posts[i];
		all[i] = &requests[i];
	}
	send_request(load, 0, all, count);
}

/* Works. */

static void
broadcast(struct load *load, unsigned count)
{
	struct crowd *crowd = &load->crowd;
	uint64_t before_us = cpu_us(load), from_us = now_us(), heard_cpu_us, messages;
	char word[16];
	size_t len = (size_t)snprintf(word, sizeof(word), "%u", count);

	if (count == 0 || count > POSTS_MAX)
		bench_die("1 to 16 calls at once");
	crowd_expect(crowd, count);
	if (load->kind == HUB)
		post(load, load->place, count);
	else if (load->kind == FLOOR)
		crowd_send(crowd, 0, word, len);
	for (unsigned i = 0; load->kind == PEER && i < count; i++)
		crowd_say(crowd, 0, load->trigger);
	crowd_hear(crowd);
	heard_cpu_us = cpu_us(load) - before_us;
	messages = crowd->messages;
	crowd_settle(crowd, SETTLE_MS);
	printf("{\"work\":\"broadcast\",\"calls\":%u,\"clients\":%u,\"messages\":%" PRIu64 ",\"bytes\":%" PRIu64
	       ",\"cpu_us\":%" PRIu64 ",\"heard_messages\":%" PRIu64 ",\"heard_cpu_us\":%" PRIu64
	       ",\"first_ms\":%.3f,\"first_after_answer_ms\":%.3f,\"p99_ms\":%.3f,\"last_ms\":%.3f}\n",
		count, crowd->options.count, crowd->messages, crowd->bytes, cpu_us(load) - before_us, messages,
		heard_cpu_us, ms_since(from_us, crowd->first_us),
		crowd->answer_us ? ms_since(crowd->answer_us, crowd->first_us) : 0,
		ms_since(from_us, at_quantile(crowd->arrivals_us, crowd->arrival_count, 0.99)),
		ms_since(from_us, crowd->arrivals_us[crowd->arrival_count - 1]));
}

static void
idle(struct load *load, unsigned seconds)
{
	uint64_t before_us = cpu_us(load), from_us = now_us(), until_us = from_us + seconds * 1000000ULL;

	crowd_expect(&load->crowd, 0);
	while (now_us() < until_us)
		crowd_turn(&load->crowd, 100);
	printf("{\"work\":\"idle\",\"seconds\":%u,\"messages\":%" PRIu64 ",\"cpu_share\":%.4f}\n", seconds,
		load->crowd.messages, (double)(cpu_us(load) - before_us) / (double)(now_us() - from_us));
}

/* Asking one after the other: who has an answer lets the next one ask. */

struct asking {
	struct load *load;
	void (*ask)(struct asking *asking, unsigned client);
	const char *place;
	char call[LOAD_CALL];
	uint64_t *times_us; /* when each asked; then how long its answer took */
	unsigned next, count;
};

static void
ask_next(struct asking *asking)
{
	if (asking->next >= asking->count)
		return;
	asking->times_us[asking->next] = now_us();
	asking->ask(asking, asking->next++);
}

_Noreturn static void
die_refused(const uint8_t *payload, size_t len)
{
	Frame *frame = gridvanguard__v1__frame__unpack(NULL, len, payload);

	for (size_t i = 0; frame && i < frame->n_answers; i++)
		fprintf(stderr, "bench: status %d %s\n", (int)frame->answers[i]->status, frame->answers[i]->field);
	bench_die("a request is refused");
}

static void
on_answered(unsigned client, const uint8_t *payload, size_t len, void *context)
{
	struct asking *asking = context;

	if (asking->load->crowd.refusals > 0)
		die_refused(payload, len);
	asking->times_us[client] = now_us() - asking->times_us[client];
	ask_next(asking);
}

/* All ask, so many at once. Returns what it took, in microseconds. */
static uint64_t
ask_all(struct asking *asking, unsigned depth, unsigned answers_each)
{
	struct crowd *crowd = &asking->load->crowd;
	uint64_t from_us = now_us();

	asking->count = crowd->options.count;
	asking->times_us = calloc(asking->count, sizeof(uint64_t));
	if (!asking->times_us)
		bench_die("no memory");
	crowd_expect(crowd, 0);
	crowd_answers_to(crowd, on_answered, asking);
	for (unsigned i = 0; i < depth; i++)
		ask_next(asking);
	crowd_hear_answers(crowd, asking->count * answers_each);
	crowd_answers_to(crowd, NULL, NULL);
	return now_us() - from_us;
}

static void
agree(struct asking *asking, unsigned client)
{
	Request consent_request = GRIDVANGUARD__V1__REQUEST__INIT, *all[] = {&consent_request};
	Gridvanguard__V1__ConsentGive consent = GRIDVANGUARD__V1__CONSENT_GIVE__INIT;
	uint8_t once[16];

	make_once(once);
	consent.version = asking->load->policy;
	consent_request.id = 3;
	consent_request.once = (ProtobufCBinaryData){16, once};
	consent_request.verb_case = GRIDVANGUARD__V1__REQUEST__VERB_CONSENT_GIVE;
	consent_request.consent_give = &consent;
	send_request(asking->load, client, all, ARRAY_LEN(all));
}

static void
become_member(struct asking *asking, unsigned client)
{
	Request request = GRIDVANGUARD__V1__REQUEST__INIT, *all[] = {&request};
	Gridvanguard__V1__MemberRegister member = GRIDVANGUARD__V1__MEMBER_REGISTER__INIT;
	uint8_t once[16];

	make_once(once);
	member.place = UNCONST(asking->place);
	member.name = UNCONST("王芳");
	request.id = 4;
	request.once = (ProtobufCBinaryData){16, once};
	request.verb_case = GRIDVANGUARD__V1__REQUEST__VERB_MEMBER_REGISTER;
	request.member_register = &member;
	send_request(asking->load, client, all, ARRAY_LEN(all));
}

void
load_sign_up(struct load *load, unsigned client, const char *call)
{
	Request request = GRIDVANGUARD__V1__REQUEST__INIT, *all[] = {&request};
	Gridvanguard__V1__ChainJoin join = GRIDVANGUARD__V1__CHAIN_JOIN__INIT;
	uint8_t once[16];

	make_once(once);
	join.call = UNCONST(call);
	request.id = 5;
	request.once = (ProtobufCBinaryData){16, once};
	request.verb_case = GRIDVANGUARD__V1__REQUEST__VERB_CHAIN_JOIN;
	request.chain_join = &join;
	send_request(load, client, all, ARRAY_LEN(all));
}

static void
sign_up(struct asking *asking, unsigned client)
{
	load_sign_up(asking->load, client, asking->call);
}

static void
register_all(struct load *load, const char *place)
{
	struct asking agreeing = {.load = load, .ask = agree},
		      joining = {.load = load, .ask = become_member, .place = place};

	ask_all(&agreeing, 64, 1);
	ask_all(&joining, 64, 1);
	free(agreeing.times_us);
	free(joining.times_us);
	printf("{\"work\":\"register\",\"count\":%u}\n", load->crowd.options.count);
}

static void
on_posted(unsigned client, const uint8_t *payload, size_t len, void *context)
{
	char *call = context;
	Frame *frame = gridvanguard__v1__frame__unpack(NULL, len, payload);

	(void)client;
	if (!frame || frame->n_answers != 1 ||
		frame->answers[0]->result_case != GRIDVANGUARD__V1__ANSWER__RESULT_CALL_POST)
		bench_die("a call is refused");
	snprintf(call, LOAD_CALL, "%s", frame->answers[0]->call_post->call);
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
}

void
load_post(struct load *load, const char *place, char call[LOAD_CALL])
{
	struct crowd *crowd = &load->crowd;

	crowd_expect(crowd, 0);
	crowd_answers_to(crowd, on_posted, call);
	post(load, place, 1);
	crowd_hear_answers(crowd, 1);
	crowd_settle(crowd, SETTLE_MS);
	crowd_answers_to(crowd, NULL, NULL);
}

static void
trigger(struct asking *asking, unsigned client)
{
	crowd_say(&asking->load->crowd, client, asking->load->trigger);
}

static void
sign_all_up(struct load *load, unsigned depth, const char *place)
{
	struct crowd *crowd = &load->crowd;
	struct asking asking = {.load = load, .ask = load->kind == HUB ? sign_up : trigger};
	unsigned count = crowd->options.count;
	uint64_t before_us, took_us;

	if (load->kind == HUB)
		load_post(load, place, asking.call);
	before_us = cpu_us(load);
	took_us = ask_all(&asking, depth, 1);
	printf("{\"work\":\"signup\",\"depth\":%u,\"count\":%u,\"a_second\":%.0f,\"cpu_us\":%.1f,\"p50_ms\":%.3f,\"p99_"
	       "ms\":%.3f}\n",
		depth, count, count * 1e6 / (double)took_us, (double)(cpu_us(load) - before_us) / count,
		ms_since(0, at_quantile(asking.times_us, count, 0.5)),
		ms_since(0, at_quantile(asking.times_us, count, 0.99)));
	free(asking.times_us);
}

/* The answer to a login says which policy there is. */
static void
on_login(unsigned client, const uint8_t *payload, size_t len, void *context)
{
	struct load *load = context;
	Frame *frame;

	if (client > 0 || load->policy[0] != '\0')
		return;
	frame = gridvanguard__v1__frame__unpack(NULL, len, payload);
	if (frame && frame->n_answers > 0 && frame->answers[0]->result_case == GRIDVANGUARD__V1__ANSWER__RESULT_LOGIN)
		snprintf(load->policy, sizeof(load->policy), "%s", frame->answers[0]->login->policy);
	if (frame)
		gridvanguard__v1__frame__free_unpacked(frame, NULL);
}

static void
work(struct load *load, const char *line)
{
	char place[32], grid[32];
	unsigned number, sign_ups;

	if (sscanf(line, "broadcast %u", &number) == 1)
		broadcast(load, number);
	else if (sscanf(line, "idle %u", &number) == 1)
		idle(load, number);
	else if (sscanf(line, "boards %u %31s %31s %u", &number, place, grid, &sign_ups) == 4 && load->kind == HUB)
		load_boards(load, number, place, grid, sign_ups);
	else if (sscanf(line, "register %31s", place) == 1 && load->kind == HUB)
		register_all(load, place);
	else if (sscanf(line, "signup %u %31s", &number, place) == 2 && load->kind != FLOOR)
		sign_all_up(load, number, place);
	else
		bench_die("no such work");
	fflush(stdout);
}

#define USAGE                                                              \
	"usage: load ADDRESS COUNT PID hub FOLDER PLACE | floor [PATH] | " \
	"peer PATH PROTOCOL HELLO GREETINGS TRIGGER"

static const char *
or_none(const char *word)
{
	return strcmp(word, "-") == 0 ? NULL : word;
}

/* What the arguments say of the server. */
static void
read_kind(struct load *load, struct crowd_options *options, int argc, char **argv)
{
	static char token[80];

	if (strcmp(argv[4], "hub") == 0 && argc == 7) {
		load->kind = HUB;
		bench_read_word(argv[5], "dev.token", token, sizeof(token));
		options->token = token;
		options->prefix = "load";
		options->watch = load->place = or_none(argv[6]);
	} else if (strcmp(argv[4], "floor") == 0 && argc <= 6) {
		load->kind = FLOOR;
		options->path = argv[5];
	} else if (strcmp(argv[4], "peer") == 0 && argc == 10) {
		load->kind = PEER;
		options->foreign = true;
		options->path = argv[5];
		options->protocol = or_none(argv[6]);
		options->hello = or_none(argv[7]);
		options->greetings = (unsigned)strtoul(argv[8], NULL, 10);
		load->trigger = argv[9];
	} else {
		bench_die(USAGE);
	}
}

int
main(int argc, char **argv)
{
	static struct load load;
	struct crowd_options options = {0};
	char line[128];
	uint64_t before_us, from_us;

	if (argc < 5)
		bench_die(USAGE);
	options.address = argv[1];
	options.count = (unsigned)strtoul(argv[2], NULL, 10);
	if (clock_getcpuclockid((pid_t)strtol(argv[3], NULL, 10), &load.cpu) != 0)
		bench_die("no server of that PID");
	read_kind(&load, &options, argc, argv);
	crowd_open(&load.crowd, &options);
	crowd_answers_to(&load.crowd, on_login, &load);
	before_us = cpu_us(&load);
	from_us = now_us();
	crowd_connect(&load.crowd);
	crowd_answers_to(&load.crowd, NULL, NULL);
	printf("{\"work\":\"connect\",\"clients\":%u,\"seconds\":%.3f,\"cpu_us\":%.1f}\n", options.count,
		ms_since(from_us, now_us()) / 1000, (double)(cpu_us(&load) - before_us) / options.count);
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) && strncmp(line, "end", 3) != 0)
		work(&load, line);
	crowd_close(&load.crowd);
	return 0;
}
