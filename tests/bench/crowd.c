#include "crowd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "clock.h"

#define AT_ONCE     256    /* connections that are not ready yet */
#define PER_SOURCE  4000   /* clients of one loopback address: an address has 28,000 ports, a proxy may allow fewer */
#define ROOM        262144 /* what is read at once */
#define PATIENCE_US 60000000ULL

enum { TEXT_FRAME = 1, BINARY = 2 }; /* RFC 6455, 5.2 */

enum client_state { IDLE, CONNECTING, SHAKING, LOGGING_IN, READY };

struct crowd_client {
	int fd;
	enum client_state state;
	uint32_t events;  /* of those expected */
	unsigned answers; /* to its login and its watch; greetings of a peer */
	uint8_t *rest;    /* the beginning of a message */
	uint32_t rest_len;
};

static uint8_t room[ROOM];

uint64_t
now_us(void)
{
	return clock_mono_us();
}

/* Reading a Frame by its outer fields: how many of each there are. */

struct outer {
	unsigned events, answers, refusals;
	bool pulse;
};

static const uint8_t *
read_varint(const uint8_t *at, const uint8_t *end, uint64_t *value)
{
	unsigned shift = 0;

	for (*value = 0; at < end && shift < 64; shift += 7) {
		*value |= (uint64_t)(*at & 0x7f) << shift;
		if (!(*at++ & 0x80))
			return at;
	}
	bench_die("not a Frame");
}

/* The status of an Answer (frame.proto): field 2; OK is 1. */
static bool
answer_is_ok(const uint8_t *at, const uint8_t *end)
{
	while (at < end) {
		uint64_t tag, value;
		at = read_varint(at, end, &tag);
		at = read_varint(at, end, &value);
		if (tag == (2U << 3))
			return value == 1;
		if ((tag & 7) == 2)
			at += value;
	}
	return false;
}

static struct outer
read_frame(const uint8_t *at, const uint8_t *end)
{
	struct outer outer = {0};

	while (at < end) {
		uint64_t tag, len;
		at = read_varint(at, end, &tag);
		at = read_varint(at, end, &len);
		if (len > (uint64_t)(end - at))
			bench_die("not a Frame");
		outer.events += tag == (2U << 3 | 2U);
		outer.pulse = outer.pulse || tag == (5U << 3 | 2U);
		if (tag == (3U << 3 | 2U)) {
			outer.answers++;
			outer.refusals += !answer_is_ok(at, at + len);
		}
		at += len;
	}
	return outer;
}

/* Sending. */

/* A frame as RFC 6455, 5.2 has it, with a mask of zeroes. */
static void
send_frame(const struct crowd_client *client, uint8_t opcode, const void *bytes, size_t len)
{
	uint8_t frame[16 + 16384], *at = frame;

	if (len > 16384)
		bench_die("a frame is at most 16384 bytes");
	*at++ = 0x80 | opcode;
	if (len < 126) {
		*at++ = (uint8_t)(0x80 | len);
	} else {
		*at++ = 0x80 | 126;
		*at++ = (uint8_t)(len >> 8);
		*at++ = (uint8_t)len;
	}
	memset(at, 0, 4);
	at += 4;
	memcpy(at, bytes, len);
	at += len;
	if (send(client->fd, frame, (size_t)(at - frame), MSG_NOSIGNAL) != at - frame)
		bench_die("a client cannot send");
}

void
crowd_send(struct crowd *crowd, unsigned client, const void *bytes, size_t len)
{
	send_frame(&crowd->clients[client], BINARY, bytes, len);
}

static void
say(const struct crowd_client *client, const char *words)
{
	uint8_t bytes[512];
	size_t len = strlen(words + 1);

	if (words[0] == 't')
		return send_frame(client, TEXT_FRAME, words + 1, len);
	if (len / 2 > sizeof(bytes))
		bench_die("a message is too long");
	for (size_t i = 0; i < len / 2; i++)
		if (sscanf(words + 1 + 2 * i, "%2hhx", &bytes[i]) != 1)
			bench_die("a message is t and text, or b and hexadecimal digits");
	send_frame(client, BINARY, bytes, len / 2);
}

void
crowd_say(struct crowd *crowd, unsigned client, const char *words)
{
	say(&crowd->clients[client], words);
}

static void
log_in(const struct crowd *crowd, const struct crowd_client *client)
{
	Frame frame = GRIDVANGUARD__V1__FRAME__INIT;
	Request login_request = GRIDVANGUARD__V1__REQUEST__INIT, watch_request = GRIDVANGUARD__V1__REQUEST__INIT;
	Request *requests[] = {&login_request, &watch_request};
	Gridvanguard__V1__Login login = GRIDVANGUARD__V1__LOGIN__INIT;
	Gridvanguard__V1__DevLogin dev = GRIDVANGUARD__V1__DEV_LOGIN__INIT;
	PlaceWatch place = GRIDVANGUARD__V1__PLACE_WATCH__INIT, *places[] = {&place};
	Watch watch = GRIDVANGUARD__V1__WATCH__INIT;
	uint8_t packed[512];
	char handle[40];

	snprintf(handle, sizeof(handle), "%s-%05u", crowd->options.prefix, (unsigned)(client - crowd->clients));
	dev.token = UNCONST(crowd->options.token);
	dev.handle = handle;
	login.how_case = GRIDVANGUARD__V1__LOGIN__HOW_DEV;
	login.dev = &dev;
	login_request.id = 1;
	login_request.verb_case = GRIDVANGUARD__V1__REQUEST__VERB_LOGIN;
	login_request.login = &login;
	place.place = UNCONST(crowd->options.watch);
	watch.places = places;
	watch.n_places = 1;
	watch_request.id = 2;
	watch_request.verb_case = GRIDVANGUARD__V1__REQUEST__VERB_WATCH;
	watch_request.watch = &watch;
	frame.requests = requests;
	frame.n_requests = crowd->options.watch ? 2 : 1;
	if (gridvanguard__v1__frame__get_packed_size(&frame) > sizeof(packed))
		bench_die("a login is too long");
	send_frame(client, BINARY, packed, gridvanguard__v1__frame__pack(&frame, packed));
}

/* What comes. */

static void
is_ready(struct crowd *crowd, struct crowd_client *client)
{
	client->state = READY;
	crowd->ready++;
}

static void
count_events(struct crowd *crowd, struct crowd_client *client, unsigned events)
{
	bool was_short = client->events < crowd->expected;

	if (events == 0)
		return;
	client->events += events;
	if (!was_short)
		return;
	if (crowd->first_us == 0)
		crowd->first_us = now_us();
	if (client->events >= crowd->expected) {
		crowd->short_of--;
		crowd->arrivals_us[crowd->arrival_count++] = now_us();
	}
}

static void
count_answers(struct crowd *crowd, struct crowd_client *client, struct outer outer)
{
	if (client->state == LOGGING_IN) {
		if (outer.refusals > 0)
			bench_die("a login or a watch is refused");
		client->answers += outer.answers;
		if (client->answers == (crowd->options.watch ? 2 : 1))
			is_ready(crowd, client);
		return;
	}
	crowd->answers += outer.answers - outer.refusals;
	crowd->refusals += outer.refusals;
	crowd->answer_us = now_us();
}

/* A Frame with an empty Pulse, by which a client says that it is there. */
static const uint8_t empty_pulse[] = {5U << 3 | 2U, 0};

static void
on_message(struct crowd *crowd, struct crowd_client *client, const uint8_t *payload, size_t len)
{
	struct outer outer = {.events = 1};

	crowd->messages++;
	if (client->state == LOGGING_IN && !crowd->options.token) {
		if (++client->answers == crowd->options.greetings)
			is_ready(crowd, client);
		return;
	}
	if (crowd->heard && client->state == READY)
		crowd->heard((unsigned)(client - crowd->clients), payload, len, crowd->heard_context);
	if (crowd->options.foreign)
		outer.answers = crowd->answered != NULL;
	else
		outer = read_frame(payload, payload + len);
	if (outer.pulse)
		send_frame(client, BINARY, empty_pulse, sizeof(empty_pulse));
	count_events(crowd, client, outer.events);
	if (outer.answers == 0)
		return;
	count_answers(crowd, client, outer);
	if (crowd->answered)
		crowd->answered((unsigned)(client - crowd->clients), payload, len, crowd->context);
}

/* The length of the frame that begins there and of its head; 0 if there is not all of it yet. */
static size_t
frame_length(const uint8_t *at, size_t len, size_t *head)
{
	size_t payload;

	if (len < 2)
		return 0;
	payload = at[1] & 0x7f;
	*head = payload == 126 ? 4 : payload == 127 ? 10 : 2;
	if (len < *head)
		return 0;
	if (payload >= 126) {
		payload = 0;
		for (size_t i = 2; i < *head; i++)
			payload = payload << 8 | at[i];
	}
	return len < *head + payload ? 0 : *head + payload;
}

/* Answers a ping (RFC 6455, 5.5.2), which a peer may send. */
static void
answer_ping(const struct crowd_client *client)
{
	static const uint8_t pong[] = {0x8a, 0x80, 0, 0, 0, 0};

	if (send(client->fd, pong, sizeof(pong), MSG_NOSIGNAL) != (ssize_t)sizeof(pong))
		bench_die("a client cannot answer a ping");
}

/* Takes whole frames; returns how many bytes are left at the end. */
static size_t
take_frames(struct crowd *crowd, struct crowd_client *client, const uint8_t *at, size_t len)
{
	size_t head = 0, frame;

	while ((frame = frame_length(at, len, &head)) > 0) {
		unsigned opcode = at[0] & 0x0f;
		if (opcode == 8)
			bench_die("a client was sent away");
		if (opcode == 9)
			answer_ping(client);
		else if (opcode != 10)
			on_message(crowd, client, at + head, frame - head);
		at += frame;
		len -= frame;
	}
	return len;
}

static void
keep_rest(struct crowd_client *client, const uint8_t *rest, size_t len)
{
	uint8_t *kept = NULL;

	if (len > 0) {
		kept = malloc(len);
		if (!kept)
			bench_die("no memory");
		memcpy(kept, rest, len);
	}
	free(client->rest);
	client->rest = kept;
	client->rest_len = (uint32_t)len;
}

/* The answer to the handshake; what may be behind it is frames. */
static size_t
take_handshake(struct crowd *crowd, struct crowd_client *client, uint8_t *at, size_t len)
{
	const uint8_t *end = memmem(at, len, "\r\n\r\n", 4);

	if (!end)
		return len;
	if (len < 12 || memcmp(at, "HTTP/1.1 101", 12) != 0)
		bench_die("a handshake is refused");
	client->state = LOGGING_IN;
	if (crowd->options.token)
		log_in(crowd, client);
	else if (crowd->options.greetings == 0)
		is_ready(crowd, client);
	if (crowd->options.hello)
		say(client, crowd->options.hello);
	len -= (size_t)(end + 4 - at);
	memmove(at, end + 4, len);
	return take_frames(crowd, client, at, len);
}

static void
on_readable(struct crowd *crowd, struct crowd_client *client)
{
	size_t had = client->rest_len, len, left;
	ssize_t got;

	if (had > 0)
		memcpy(room, client->rest, had);
	got = recv(client->fd, room + had, ROOM - had, 0);
	if (got == 0)
		bench_die("the server hung up");
	if (got < 0) {
		if (errno != EAGAIN)
			bench_die("a connection broke");
		return;
	}
	crowd->bytes += (uint64_t)got;
	len = had + (size_t)got;
	left = client->state == SHAKING ? take_handshake(crowd, client, room, len)
					: take_frames(crowd, client, room, len);
	if (left > 0 || had > 0)
		keep_rest(client, client->state == SHAKING ? room : room + len - left, left);
}

/* Connecting. */

static void
split_address(const char *address, struct sockaddr_in *out)
{
	char host[64];
	const char *colon = strrchr(address, ':');

	if (!colon || colon - address >= (ptrdiff_t)sizeof(host))
		bench_die("an address is HOST:PORT");
	snprintf(host, sizeof(host), "%.*s", (int)(colon - address), address);
	*out = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10))};
	if (inet_pton(AF_INET, host, &out->sin_addr) != 1)
		bench_die("an address is HOST:PORT");
}

static void
begin(struct crowd *crowd, unsigned number)
{
	struct crowd_client *client = &crowd->clients[number];
	struct sockaddr_in to, from = {.sin_family = AF_INET};
	struct epoll_event event = {.events = EPOLLOUT, .data.ptr = client};
	const int on = 1;

	split_address(crowd->options.address, &to);
	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + number / PER_SOURCE);
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (client->fd < 0)
		bench_die("no socket");
	setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(client->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	if (bind(client->fd, (const struct sockaddr *)&from, sizeof(from)) != 0)
		bench_die("no address for a client");
	if (connect(client->fd, (const struct sockaddr *)&to, sizeof(to)) != 0 && errno != EINPROGRESS)
		bench_die("no server");
	client->state = CONNECTING;
	epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, client->fd, &event);
}

static void
on_connected(struct crowd *crowd, struct crowd_client *client)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
	const char *protocol = crowd->options.protocol;
	char shake[512];
	int error = 0, len;
	socklen_t size = sizeof(error);

	if (getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)
		bench_die("a client cannot connect");
	if (!protocol && !crowd->options.foreign)
		protocol = "gridvanguard.v1";
	len = snprintf(shake, sizeof(shake),
		"GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s%s%s\r\n",
		crowd->options.path ? crowd->options.path : "/", crowd->options.address,
		protocol ? "Sec-WebSocket-Protocol: " : "", protocol ? protocol : "", protocol ? "\r\n" : "");
	if (send(client->fd, shake, (size_t)len, MSG_NOSIGNAL) != len)
		bench_die("a client cannot shake hands");
	client->state = SHAKING;
	epoll_ctl(crowd->epoll, EPOLL_CTL_MOD, client->fd, &event);
}

void
crowd_turn(struct crowd *crowd, int timeout_ms)
{
	struct epoll_event events[512];
	int count = epoll_wait(crowd->epoll, events, ARRAY_LEN(events), timeout_ms);

	for (int i = 0; i < count; i++) {
		struct crowd_client *client = events[i].data.ptr;
		if (client->state == CONNECTING)
			on_connected(crowd, client);
		else
			on_readable(crowd, client);
	}
}

void
crowd_connect(struct crowd *crowd)
{
	uint64_t until_us = now_us() + PATIENCE_US;

	for (unsigned begun = 0; crowd->ready < crowd->options.count; crowd_turn(crowd, 1000)) {
		while (begun < crowd->options.count && begun - crowd->ready < AT_ONCE)
			begin(crowd, begun++);
		if (now_us() > until_us)
			bench_die("not all clients came in");
	}
}

/* Hearing. */

void
crowd_answers_to(struct crowd *crowd, crowd_answered *answered, void *context)
{
	crowd->answered = answered;
	crowd->context = context;
}

void
crowd_expect(struct crowd *crowd, uint32_t events)
{
	for (unsigned i = 0; i < crowd->options.count; i++)
		crowd->clients[i].events = 0;
	crowd->expected = events;
	crowd->short_of = crowd->options.count;
	crowd->arrival_count = 0;
	crowd->messages = crowd->bytes = 0;
	crowd->first_us = crowd->answer_us = 0;
	crowd->answers = crowd->refusals = 0;
}

void
crowd_hear(struct crowd *crowd)
{
	uint64_t until_us = now_us() + PATIENCE_US;

	while (crowd->short_of > 0) {
		crowd_turn(crowd, 1000);
		if (now_us() > until_us)
			bench_die("not all clients were told");
	}
}

void
crowd_settle(struct crowd *crowd, unsigned quiet_ms)
{
	uint64_t messages;

	do {
		uint64_t until_us = now_us() + quiet_ms * 1000ULL;
		messages = crowd->messages;
		while (now_us() < until_us)
			crowd_turn(crowd, (int)quiet_ms);
	} while (messages != crowd->messages);
}

void
crowd_hear_answers(struct crowd *crowd, unsigned answers)
{
	uint64_t until_us = now_us() + PATIENCE_US;

	while (crowd->answers + crowd->refusals < answers) {
		crowd_turn(crowd, 1000);
		if (now_us() > until_us)
			bench_die("not all requests were answered");
	}
}

void
crowd_open(struct crowd *crowd, const struct crowd_options *options)
{
	struct rlimit limit;

	if (options->count == 0 || options->count > CROWD_MAX)
		bench_die("a crowd is 1 to 18000 clients");
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	*crowd = (struct crowd){.options = *options, .epoll = epoll_create1(EPOLL_CLOEXEC)};
	crowd->clients = calloc(options->count, sizeof(*crowd->clients));
	crowd->arrivals_us = calloc(options->count, sizeof(*crowd->arrivals_us));
	if (crowd->epoll < 0 || !crowd->clients || !crowd->arrivals_us)
		bench_die("no room for the crowd");
}

void
crowd_close(struct crowd *crowd)
{
	const struct linger at_once = {.l_onoff = 1}; /* no port waits for its time */

	for (unsigned i = 0; i < crowd->options.count; i++) {
		setsockopt(crowd->clients[i].fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		close(crowd->clients[i].fd);
		free(crowd->clients[i].rest);
	}
	close(crowd->epoll);
	free(crowd->clients);
	free(crowd->arrivals_us);
}
