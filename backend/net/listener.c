#include "listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "text.h"

#define BACKLOG         4096 /* a whole city calls back after a restart */
#define ACCEPTS_A_TURN  64   /* then the others on the loop have theirs */
#define PAUSE_WHEN_FULL 100  /* ms */
#define FIRST_PASSED    3    /* SD_LISTEN_FDS_START of sd-daemon.h */

struct listener {
	uv_loop_t *loop;
	uv_poll_t poll;
	uv_timer_t pause;
	int socket;
	bool running;
	int closing;
	void (*accepted)(int connection, void *context);
	void *context;
	void (*closed)(void *context);
	void *closed_context;
};

bool
listener_parse(struct sockaddr_storage *out, const char *text)
{
	const char *colon = strrchr(text, ':');
	char host[INET6_ADDRSTRLEN + 2];
	size_t host_len = colon ? (size_t)(colon - text) : 0;
	struct sockaddr_in *in = (struct sockaddr_in *)out;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
	uint64_t port;

	if (!colon || host_len >= sizeof(host) || !text_to_u64(&port, text_of(colon + 1), UINT16_MAX))
		return false;
	memcpy(host, text, host_len);
	host[host_len] = '\0';
	memset(out, 0, sizeof(*out));
	if (host_len > 2 && host[0] == '[' && host[host_len - 1] == ']') {
		host[host_len - 1] = '\0';
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)port);
		return inet_pton(AF_INET6, host + 1, &in6->sin6_addr) == 1;
	}
	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)port);
	return host_len == 0 || inet_pton(AF_INET, host, &in->sin_addr) == 1;
}

bool
listener_is_loopback(const struct sockaddr_storage *address)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;

	if (address->ss_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr) ||
		       (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr) && in6->sin6_addr.s6_addr[12] == 127);
	return ntohl(in->sin_addr.s_addr) >> 24 == 127;
}

static void on_readable(uv_poll_t *poll, int status, int events);

static void
on_pause_over(uv_timer_t *timer)
{
	struct listener *listener = timer->data;

	if (listener->running)
		uv_poll_start(&listener->poll, UV_READABLE, on_readable);
}

/* No descriptor left for another connection: it waits in the queue until one is free. */
static void
take_a_pause(struct listener *listener, int error)
{
	log_warn("listener", "paused", KV("reason", strerror(error)));
	uv_poll_stop(&listener->poll);
	uv_timer_start(&listener->pause, on_pause_over, PAUSE_WHEN_FULL, 0);
}

static void
on_readable(uv_poll_t *poll, int status, int events)
{
	struct listener *listener = poll->data;

	(void)status;
	(void)events;
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		int connection = accept4(listener->socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (connection >= 0) {
			/* Answers are small and somebody waits for each. */
			setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
			listener->accepted(connection, listener->context);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			take_a_pause(listener, errno);
		if (errno != EINTR && errno != ECONNABORTED)
			return;
	}
}

int
listener_open(const struct sockaddr_storage *address)
{
	socklen_t len = address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	if (bind(fd, (const struct sockaddr *)address, len) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

int
listener_from_environment(void)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
	uint64_t value;
	bool is_ours = pid && count && text_to_u64(&value, text_of(pid), INT32_MAX) && (pid_t)value == getpid() &&
		       text_to_u64(&value, text_of(count), INT32_MAX) && value >= 1;

	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return is_ours && fcntl(FIRST_PASSED, F_SETFD, FD_CLOEXEC) == 0 ? FIRST_PASSED : -1;
}

bool
listener_examine(struct sockaddr_storage *out, int socket)
{
	socklen_t len = sizeof(*out), int_len = sizeof(int);
	int listens = 0;

	memset(out, 0, sizeof(*out));
	return getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &int_len) == 0 && listens &&
	       getsockname(socket, (struct sockaddr *)out, &len) == 0 &&
	       (out->ss_family == AF_INET || out->ss_family == AF_INET6);
}

struct listener *
listener_create(uv_loop_t *loop, int socket, void (*accepted)(int connection, void *context), void *context)
{
	struct listener *listener = calloc(1, sizeof(*listener));

	/* Which also makes it non-blocking. */
	if (!listener || uv_poll_init(loop, &listener->poll, socket) != 0) {
		close(socket);
		free(listener);
		errno = ENOMEM;
		return NULL;
	}
	uv_timer_init(loop, &listener->pause);
	listener->loop = loop;
	listener->socket = socket;
	listener->poll.data = listener;
	listener->pause.data = listener;
	listener->accepted = accepted;
	listener->context = context;
	return listener;
}

void
listener_start(struct listener *listener)
{
	listener->running = true;
	uv_poll_start(&listener->poll, UV_READABLE, on_readable);
}

void
listener_stop(struct listener *listener)
{
	listener->running = false;
	uv_timer_stop(&listener->pause);
	uv_poll_stop(&listener->poll);
}

static void
on_handle_closed(uv_handle_t *handle)
{
	struct listener *listener = handle->data;

	if (--listener->closing > 0)
		return;
	close(listener->socket);
	listener->closed(listener->closed_context);
	free(listener);
}

void
listener_destroy(struct listener *listener, void (*closed)(void *context), void *context)
{
	listener_stop(listener);
	listener->closed = closed;
	listener->closed_context = context;
	listener->closing = 2;
	uv_close((uv_handle_t *)&listener->poll, on_handle_closed);
	uv_close((uv_handle_t *)&listener->pause, on_handle_closed);
}

int
listener_socket(const struct listener *listener)
{
	return listener->socket;
}

char *
listener_address(const struct listener *listener, char out[LISTENER_ADDRESS])
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} address = {.in6 = {0}};
	socklen_t len = sizeof(address);
	char host[INET6_ADDRSTRLEN] = "";

	getsockname(listener->socket, &address.any, &len);
	if (address.any.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &address.in6.sin6_addr, host, sizeof(host));
		snprintf(out, LISTENER_ADDRESS, "[%s]:%u", host, ntohs(address.in6.sin6_port));
	} else {
		inet_ntop(AF_INET, &address.in.sin_addr, host, sizeof(host));
		snprintf(out, LISTENER_ADDRESS, "%s:%u", host, ntohs(address.in.sin_port));
	}
	return out;
}
