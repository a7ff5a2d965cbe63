/* floor_fanout.c - the least that telling everybody can cost: bare epoll, and one write() of a frame made before to each.
 *
 *   floor_fanout [--joined]    prints its port; ends when standard input does
 *
 * A binary message "4" from anybody makes it send four frames to all: one pass of writes after the other, or with
 * --joined one pass in which the four go as one write. A frame has one Event of some 200 bytes, and no more is known of
 * WebSocket than that takes. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS_MAX 20000
#define EVENT_LEN   200
#define TIMES_MAX   16

static const char welcome[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
			      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: "
			      "gridvanguard.v1\r\n\r\n";

static struct floor {
	int clients[CLIENTS_MAX];
	unsigned count;
	uint8_t frames[TIMES_MAX * (EVENT_LEN + 8)];
	size_t frame_len;
	int listener, epoll;
	int joined;
} hall;

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

/* A WebSocket frame (RFC 6455, 5.2) around a Frame with one Event (proto/): field 2, of a length in two bytes. The event
 * is a field that no client knows. */
static void
make_frames(void)
{
	uint8_t one[EVENT_LEN + 8], *at = one;

	*at++ = 0x82;
	*at++ = 126;
	*at++ = (EVENT_LEN + 3) >> 8;
	*at++ = (EVENT_LEN + 3) & 0xff;
	*at++ = 2 << 3 | 2;
	*at++ = (EVENT_LEN & 0x7f) | 0x80;
	*at++ = EVENT_LEN >> 7;
	memset(at, 'x', EVENT_LEN);
	*at++ = 15 << 3 | 2;
	*at = (uint8_t)(EVENT_LEN - 2);
	hall.frame_len = 7 + EVENT_LEN;
	for (unsigned i = 0; i < TIMES_MAX; i++)
		memcpy(hall.frames + i * hall.frame_len, one, hall.frame_len);
}

static void
tell_all(size_t len)
{
	for (unsigned i = 0; i < hall.count; i++)
		if (write(hall.clients[i], hall.frames, len) != (ssize_t)len)
			die("write");
}

static void
tell(unsigned times)
{
	if (times == 0 || times > TIMES_MAX)
		return;
	for (unsigned i = 0; i < (hall.joined ? 1 : times); i++)
		tell_all(hall.frame_len * (hall.joined ? times : 1));
}

static void
take_in(void)
{
	struct epoll_event event = {.events = EPOLLIN};
	const int on = 1;

	while (hall.count < CLIENTS_MAX) {
		event.data.fd = accept4(hall.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (event.data.fd < 0)
			return;
		setsockopt(event.data.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		epoll_ctl(hall.epoll, EPOLL_CTL_ADD, event.data.fd, &event);
		hall.clients[hall.count++] = event.data.fd;
	}
}

/* A handshake, or a message with a number of one digit or two behind the mask of zeroes. */
static void
hear(int client)
{
	char in[2048];
	ssize_t len = read(client, in, sizeof(in) - 1);

	if (len <= 0) {
		close(client);
		for (unsigned i = 0; i < hall.count; i++)
			if (hall.clients[i] == client)
				hall.clients[i--] = hall.clients[--hall.count];
		return;
	}
	in[len] = '\0';
	if (strncmp(in, "GET ", 4) == 0) {
		if (write(client, welcome, sizeof(welcome) - 1) < 0)
			die("write");
	} else if (len > 6) {
		tell((unsigned)strtoul(in + 6, NULL, 10));
	}
}

static void
open_port(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(at);
	struct epoll_event event = {.events = EPOLLIN};
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	hall.epoll = epoll_create1(EPOLL_CLOEXEC);
	hall.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (bind(hall.listener, (const struct sockaddr *)&at, sizeof(at)) != 0 || listen(hall.listener, 4096) != 0 ||
		getsockname(hall.listener, (struct sockaddr *)&at, &size) != 0)
		die("listen");
	event.data.fd = hall.listener;
	epoll_ctl(hall.epoll, EPOLL_CTL_ADD, hall.listener, &event);
	event.data.fd = STDIN_FILENO;
	epoll_ctl(hall.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
	printf("%u\n", ntohs(at.sin_port));
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	struct epoll_event events[256];
	char unread[64];

	hall.joined = argc > 1 && strcmp(argv[1], "--joined") == 0;
	make_frames();
	open_port();
	for (;;) {
		int count = epoll_wait(hall.epoll, events, 256, -1);
		for (int i = 0; i < count; i++) {
			if (events[i].data.fd == hall.listener)
				take_in();
			else if (events[i].data.fd != STDIN_FILENO)
				hear(events[i].data.fd);
			else if (read(STDIN_FILENO, unread, sizeof(unread)) <= 0)
				return 0;
		}
	}
}
