#include "takeover.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "log.h"

#define HELLO       "hello 1" /* the number is that of this conversation */
#define WELCOME     "welcome"
#define READY       "ready "
#define YOURS       "yours"
#define SERVING     "serving"
#define NO          "no "
#define MESSAGE_MAX 128
#define CALLERS_MAX 8 /* who wait to be heard */

/* How long a step may take, in ms. While the goods are on offer nobody accepts connections. */
#define ANSWER_MS 5000
#define LOAD_MS   300000
#define OFFER_MS  3000

/* The line between the two: whole messages, with descriptors. */

struct message {
	char text[MESSAGE_MAX];
	bool has_goods;
	struct takeover_goods goods;
};

struct line {
	uv_poll_t poll;
	uv_timer_t patience;
	int socket;
	int open_handles;
	/* NULL: the other end is gone. The line may be closed from within. */
	void (*heard)(struct message *message, void *context);
	void (*late)(void *context);
	void *context;
};

enum heard { HEARD, HEARD_NOTHING, HEARD_END };

static struct sockaddr_un
address_in(const char *folder)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/" TAKEOVER_SOCKET, folder);
	return address;
}

static void
drop_goods(struct message *message)
{
	if (message->has_goods) {
		close(message->goods.listener);
		close(message->goods.lock);
	}
	message->has_goods = false;
}

/* Takes what came beside the text: both descriptors, or none. */
static void
take_goods(struct message *message, struct msghdr *head)
{
	for (struct cmsghdr *part = CMSG_FIRSTHDR(head); part; part = CMSG_NXTHDR(head, part)) {
		int descriptors[2] = {-1, -1};
		size_t len = part->cmsg_len - CMSG_LEN(0);
		if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS || len > sizeof(descriptors))
			continue;
		memcpy(descriptors, CMSG_DATA(part), len);
		message->goods = (struct takeover_goods){descriptors[0], descriptors[1]};
		message->has_goods = len == sizeof(descriptors);
		if (!message->has_goods)
			close(descriptors[0]);
	}
}

static enum heard
line_hear(struct line *line, struct message *message)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int[2]))];
	} control;
	struct iovec text = {message->text, sizeof(message->text) - 1};
	struct msghdr head = {
		.msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	ssize_t len = recvmsg(line->socket, &head, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	message->has_goods = false;
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return HEARD_NOTHING;
	if (len <= 0)
		return HEARD_END;
	message->text[len] = '\0';
	take_goods(message, &head);
	return HEARD;
}

/* False if it cannot be heard any more. What is said is in the other's queue when this returns. */
static bool
line_say(struct line *line, const char *word, const char *more, const struct takeover_goods *goods)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int[2]))];
	} control = {.bytes = {0}};
	char bytes[MESSAGE_MAX];
	int len = snprintf(bytes, sizeof(bytes), "%s%s", word, more);
	struct iovec text = {bytes, len < MESSAGE_MAX ? (size_t)len : MESSAGE_MAX - 1};
	struct msghdr head = {.msg_iov = &text, .msg_iovlen = 1};

	if (goods) {
		head.msg_control = &control;
		head.msg_controllen = sizeof(control);
		CMSG_FIRSTHDR(&head)->cmsg_level = SOL_SOCKET;
		CMSG_FIRSTHDR(&head)->cmsg_type = SCM_RIGHTS;
		CMSG_FIRSTHDR(&head)->cmsg_len = CMSG_LEN(sizeof(int[2]));
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&head)), (const int[2]){goods->listener, goods->lock}, sizeof(int[2]));
	}
	return sendmsg(line->socket, &head, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

/* The other process has ended or hung up, whatever of its words is still unheard. */
static bool
line_is_dead(const struct line *line)
{
	struct pollfd look = {.fd = line->socket};

	return poll(&look, 1, 0) > 0 && look.revents & POLLHUP;
}

/* One message a turn: what it leads to may close the line. */
static void
on_line(uv_poll_t *poll, int status, int events)
{
	struct line *line = poll->data;
	struct message message;

	(void)status;
	(void)events;
	switch (line_hear(line, &message)) {
	case HEARD:
		line->heard(&message, line->context);
		drop_goods(&message);
		break;
	case HEARD_NOTHING:
		break;
	case HEARD_END:
		line->heard(NULL, line->context);
		break;
	}
}

static void
on_line_late(uv_timer_t *timer)
{
	struct line *line = timer->data;

	line->late(line->context);
}

static void
line_patience(struct line *line, uint64_t ms)
{
	uv_timer_start(&line->patience, on_line_late, ms, 0);
}

/* Takes the socket, also when it fails. */
static struct line *
line_open(uv_loop_t *loop, int socket, void (*heard)(struct message *message, void *context),
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
	uv_poll_start(&line->poll, UV_READABLE, on_line);
	line_patience(line, ANSWER_MS);
	return line;
}

static void
on_line_closed(uv_handle_t *handle)
{
	struct line *line = handle->data;

	if (--line->open_handles > 0)
		return;
	close(line->socket);
	free(line);
}

/* Hangs up at once, whatever the loop has still to do for it. */
static void
line_close(struct line *line)
{
	if (!line)
		return;
	shutdown(line->socket, SHUT_RDWR);
	uv_close((uv_handle_t *)&line->poll, on_line_closed);
	uv_close((uv_handle_t *)&line->patience, on_line_closed);
}

static bool
says(const struct message *message, const char *word)
{
	return strcmp(message->text, word) == 0;
}

/* The giver. */

struct giver {
	struct giver_options options;
	uv_loop_t *loop;
	uv_poll_t poll; /* of the socket on which it is called */
	int socket;
	struct line *line; /* to who calls; NULL while IDLE and GIVEN */
	enum { IDLE, CALLED, COURTED, OFFERED, GIVEN } state;
};

static void
giver_enter(struct giver *giver, int state, const char *event)
{
	log_info("takeover", event, KV("side", "giver"));
	giver->state = state;
}

static void
hang_up(struct giver *giver)
{
	line_close(giver->line);
	giver->line = NULL;
}

static void
stay(struct giver *giver, const char *reason)
{
	bool was_offered = giver->state == OFFERED;

	log_warn("takeover", "kept", KV("side", "giver"), KV("reason", reason));
	giver->state = IDLE;
	line_say(giver->line, NO, reason, NULL);
	hang_up(giver);
	if (was_offered)
		giver->options.kept(giver->options.context);
}

/* A hub that died with the word on its lips serves nobody. */
static void
give(struct giver *giver)
{
	if (line_is_dead(giver->line)) {
		stay(giver, "it serves and is dead");
		return;
	}
	giver_enter(giver, GIVEN, "given");
	hang_up(giver);
	giver->options.given(giver->options.context);
}

/* Changes its mind, unless it is too late for that. */
static void
keep(struct giver *giver, const char *reason)
{
	struct message message;

	shutdown(giver->line->socket, SHUT_RD);
	while (line_hear(giver->line, &message) == HEARD) {
		drop_goods(&message);
		if (giver->state != OFFERED || !says(&message, SERVING))
			continue;
		give(giver);
		return;
	}
	stay(giver, reason);
}

static void
welcome(struct giver *giver)
{
	giver_enter(giver, COURTED, "welcomed");
	line_patience(giver->line, LOAD_MS);
	if (!line_say(giver->line, WELCOME, "", NULL))
		keep(giver, "it hung up");
}

static void
offer(struct giver *giver)
{
	struct takeover_goods goods = giver->options.offer(giver->options.context);

	giver_enter(giver, OFFERED, "offered");
	line_patience(giver->line, OFFER_MS);
	if (!line_say(giver->line, YOURS, "", &goods))
		keep(giver, "it hung up");
}

static bool
is_ready(const struct giver *giver, const struct message *message)
{
	return strncmp(message->text, READY, strlen(READY)) == 0 &&
	       strcmp(message->text + strlen(READY), giver->options.epoch(giver->options.context)) == 0;
}

static void
giver_heard(struct message *message, void *context)
{
	struct giver *giver = context;

	if (!message)
		keep(giver, "it hung up");
	else if (giver->state == CALLED && says(message, HELLO))
		welcome(giver);
	else if (giver->state == CALLED)
		keep(giver, "it speaks another version");
	else if (giver->state == COURTED && is_ready(giver, message))
		offer(giver);
	else if (giver->state == COURTED)
		keep(giver, "it has loaded other data");
	else if (giver->state == OFFERED && says(message, SERVING))
		give(giver);
	else
		keep(giver, "not understood");
}

static void
giver_late(void *context)
{
	keep(context, "it takes too long");
}

/* The descriptor is closed if it is not to be heard. */
static bool
may_call(const struct giver *giver, int caller)
{
	struct line line = {.socket = caller};
	struct ucred who = {0};
	socklen_t len = sizeof(who);

	if (getsockopt(caller, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0 || (who.uid != geteuid() && who.uid != 0)) {
		log_warn("takeover", "stranger", KI("pid", who.pid), KU("uid", who.uid));
		close(caller);
		return false;
	}
	log_info("takeover", "called", KV("side", "giver"), KI("pid", who.pid));
	if (giver->state == IDLE)
		return true;
	line_say(&line, NO, "another take-over is under way", NULL);
	close(caller);
	return false;
}

static void
on_call(uv_poll_t *poll, int status, int events)
{
	struct giver *giver = poll->data;
	int caller = accept4(giver->socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)status;
	(void)events;
	if (caller < 0 || !may_call(giver, caller))
		return;
	giver->line = line_open(giver->loop, caller, giver_heard, giver_late, giver);
	if (giver->line)
		giver->state = CALLED;
}

/* Of the dead nothing is left but the name, for we hold the lock. */
static int
open_socket(const char *folder)
{
	struct sockaddr_un address = address_in(folder);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), error;

	unlink(address.sun_path);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
		chmod(address.sun_path, 0600) == 0 && listen(fd, CALLERS_MAX) == 0)
		return fd;
	error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return -1;
}

struct giver *
giver_create(uv_loop_t *loop, const struct giver_options *options)
{
	struct giver *giver = calloc(1, sizeof(*giver));
	int fd = giver ? open_socket(options->folder) : -1;

	if (fd < 0 || uv_poll_init(loop, &giver->poll, fd) != 0) {
		log_error("takeover", "cannot_be_called", KV("reason", strerror(errno)));
		if (fd >= 0)
			close(fd);
		free(giver);
		return NULL;
	}
	giver->options = *options;
	giver->loop = loop;
	giver->socket = fd;
	giver->poll.data = giver;
	uv_poll_start(&giver->poll, UV_READABLE, on_call);
	return giver;
}

static void
on_giver_closed(uv_handle_t *handle)
{
	struct giver *giver = handle->data;

	close(giver->socket);
	free(giver);
}

void
giver_destroy(struct giver *giver)
{
	struct sockaddr_un address = address_in(giver->options.folder);

	if (giver->line)
		keep(giver, "the hub stops");
	if (giver->state != GIVEN) /* then it is the other one's by now */
		unlink(address.sun_path);
	uv_close((uv_handle_t *)&giver->poll, on_giver_closed);
}

/* The taker. */

struct taker {
	struct taker_options options;
	struct line *line; /* NULL: the other one is dead, or has said no */
	char epoch[MESSAGE_MAX];
	enum { CALLING, LOADING, ASKING, TAKING, TAKEN, REFUSED } state;
	bool is_loaded;
	bool can_serve;
};

static void
taker_enter(struct taker *taker, int state, const char *event)
{
	log_info("takeover", event, KV("side", "taker"));
	taker->state = state;
}

static void
taker_give_up(struct taker *taker, const char *reason)
{
	taker_enter(taker, REFUSED, "refused");
	line_close(taker->line);
	taker->line = NULL;
	taker->options.refused(reason, taker->options.context);
}

static void
take(struct taker *taker)
{
	taker_enter(taker, TAKEN, "taken");
	taker->options.taken(taker->options.context);
}

/* No word is lost when this fails: a "no" is on its way, or the end of the line. */
static void
ask(struct taker *taker)
{
	taker_enter(taker, ASKING, "loaded");
	line_patience(taker->line, ANSWER_MS);
	line_say(taker->line, READY, taker->epoch, NULL);
}

static void
on_welcome(struct taker *taker)
{
	taker_enter(taker, LOADING, "welcome");
	uv_timer_stop(&taker->line->patience); /* the other one's, from here on */
	if (taker->is_loaded)
		ask(taker);
}

static void
on_yours(struct taker *taker, struct message *message)
{
	message->has_goods = false;
	taker_enter(taker, TAKING, "offered");
	uv_timer_stop(&taker->line->patience);
	taker->options.offered(message->goods, taker->options.context);
}

static void
on_end(struct taker *taker)
{
	line_close(taker->line);
	taker->line = NULL;
	if (taker->state == TAKEN)
		return;
	log_warn("takeover", "giver_died", KV("side", "taker"));
	if (taker->state != TAKING)
		taker->options.alone(taker->options.context);
	else if (taker->can_serve)
		take(taker);
}

static void
taker_heard(struct message *message, void *context)
{
	struct taker *taker = context;

	if (!message)
		on_end(taker);
	else if (strncmp(message->text, NO, strlen(NO)) == 0)
		taker_give_up(taker, message->text + strlen(NO));
	else if (taker->state == CALLING && says(message, WELCOME))
		on_welcome(taker);
	else if (taker->state == ASKING && says(message, YOURS) && message->has_goods)
		on_yours(taker, message);
	else
		taker_give_up(taker, "not understood");
}

static void
taker_late(void *context)
{
	taker_give_up(context, "the running hub does not answer");
}

struct taker *
taker_create(uv_loop_t *loop, const struct taker_options *options)
{
	struct sockaddr_un address = address_in(options->folder);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), error;
	struct taker *taker;

	if (fd < 0)
		return NULL;
	taker = calloc(1, sizeof(*taker));
	if (!taker || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		error = errno;
		close(fd);
		free(taker);
		errno = error;
		return NULL;
	}
	taker->options = *options;
	taker->line = line_open(loop, fd, taker_heard, taker_late, taker);
	if (!taker->line) {
		free(taker);
		return NULL;
	}
	taker_enter(taker, CALLING, "calling");
	line_say(taker->line, HELLO, "", NULL);
	return taker;
}

void
taker_loaded(struct taker *taker, const char *epoch)
{
	if (taker->is_loaded)
		return;
	taker->is_loaded = true;
	snprintf(taker->epoch, sizeof(taker->epoch), "%s", epoch);
	if (taker->state == LOADING && taker->line)
		ask(taker);
}

void
taker_serve(struct taker *taker)
{
	if (taker->state != TAKING)
		return;
	taker->can_serve = true;
	if (!taker->line || line_say(taker->line, SERVING, "", NULL))
		take(taker);
}

void
taker_destroy(struct taker *taker)
{
	line_close(taker->line);
	free(taker);
}
