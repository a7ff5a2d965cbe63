#include "line.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct line {
	uv_poll_t poll;
	uv_timer_t patience;
	int socket;
	int open_handles;
	void (*heard)(struct line_message *message, void *context);
	void (*late)(void *context);
	void *context;
};

/* Room for descriptors beside the bytes. */
union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(struct line_goods))];
};

enum heard { HEARD, HEARD_NOTHING, HEARD_END };

void
line_drop_goods(struct line_goods *goods)
{
	for (size_t i = 0; i < LINE_DESCRIPTORS_MAX; i++) {
		if (goods->descriptors[i] >= 0)
			close(goods->descriptors[i]);
		goods->descriptors[i] = -1;
	}
}

/* More than there is room for the kernel has closed. */
static void
take_goods(struct line_goods *goods, struct msghdr *head)
{
	*goods = (struct line_goods){{-1, -1}};
	for (struct cmsghdr *part = CMSG_FIRSTHDR(head); part; part = CMSG_NXTHDR(head, part))
		if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS)
			memcpy(goods, CMSG_DATA(part), MIN(part->cmsg_len - CMSG_LEN(0), sizeof(*goods)));
}

/* When the other end hangs up without having heard us the first try fails, and the next has what it said before. */
static enum heard
hear(struct line *line, struct line_message *message)
{
	union control control;
	struct iovec text = {message->text, sizeof(message->text) - 1};
	struct msghdr head = {.msg_iov = &text, .msg_iovlen = 1};
	ssize_t len;
	int tries = 2;

	do {
		head.msg_control = &control;
		head.msg_controllen = sizeof(control);
		len = recvmsg(line->socket, &head, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (len < 0 && errno == ECONNRESET && --tries > 0);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return HEARD_NOTHING;
	if (len <= 0)
		return HEARD_END;
	message->text[len] = '\0';
	take_goods(&message->goods, &head);
	return HEARD;
}

bool
line_take_message(struct line *line, struct line_message *message)
{
	return hear(line, message) == HEARD;
}

static bool
say(int socket, const char *text, const char *more, const struct line_goods *goods)
{
	union control control = {.bytes = {0}};
	struct iovec parts[] = {{UNCONST(text), strlen(text)}, {UNCONST(more), strlen(more)}};
	struct msghdr head = {.msg_iov = parts, .msg_iovlen = ARRAY_LEN(parts)};

	if (goods) {
		head.msg_control = &control;
		head.msg_controllen = sizeof(control);
		*CMSG_FIRSTHDR(&head) = (struct cmsghdr){
			.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(*goods))};
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&head)), goods, sizeof(*goods));
	}
	return sendmsg(socket, &head, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

bool
line_say(struct line *line, const char *text, const char *more, const struct line_goods *goods)
{
	return say(line->socket, text, more, goods);
}

void
line_dismiss(int socket, const char *text)
{
	say(socket, text, "", NULL);
	close(socket);
}

bool
line_is_dead(const struct line *line)
{
	struct pollfd look = {.fd = line->socket};

	return poll(&look, 1, 0) > 0 && look.revents & POLLHUP;
}

void
line_close_ear(struct line *line)
{
	shutdown(line->socket, SHUT_RD);
}

void
line_deaf(struct line *line)
{
	uv_poll_stop(&line->poll);
}

/* One message a turn: what it leads to may close the line. */
static void
on_readable(uv_poll_t *poll, int status, int events)
{
	struct line *line = poll->data;
	struct line_message message;

	(void)status;
	(void)events;
	switch (hear(line, &message)) {
	case HEARD:
		line->heard(&message, line->context);
		line_drop_goods(&message.goods);
		break;
	case HEARD_NOTHING:
		break;
	case HEARD_END:
		line->heard(NULL, line->context);
		break;
	}
}

static void
on_patience_over(uv_timer_t *timer)
{
	struct line *line = timer->data;

	line->late(line->context);
}

void
line_patience(struct line *line, uint64_t ms, bool again)
{
	if (ms > 0)
		uv_timer_start(&line->patience, on_patience_over, ms, again ? ms : 0);
	else
		uv_timer_stop(&line->patience);
}

struct line *
line_open(uv_loop_t *loop, int socket, void (*heard)(struct line_message *message, void *context),
	void (*late)(void *context), void *context)
{
	struct line *line = calloc(1, sizeof(*line));

	if (!line || uv_poll_init(loop, &line->poll, socket) != 0) {
		close(socket);
		free(line);
		errno = ENOMEM;
		return NULL;
	}
	uv_timer_init(loop, &line->patience);
	line->poll.data = line;
	line->patience.data = line;
	line->open_handles = 2;
	line->socket = socket;
	line->heard = heard;
	line->late = late;
	line->context = context;
	uv_poll_start(&line->poll, UV_READABLE, on_readable);
	return line;
}

static void
on_handle_closed(uv_handle_t *handle)
{
	struct line *line = handle->data;

	if (--line->open_handles > 0)
		return;
	close(line->socket);
	free(line);
}

void
line_close(struct line *line)
{
	if (!line)
		return;
	shutdown(line->socket, SHUT_RDWR);
	uv_close((uv_handle_t *)&line->poll, on_handle_closed);
	uv_close((uv_handle_t *)&line->patience, on_handle_closed);
}
