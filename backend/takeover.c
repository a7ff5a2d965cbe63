#include "takeover.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "line.h"
#include "log.h"

#define HELLO       "hello 1" /* the number is that of this conversation */
#define WELCOME     "welcome"
#define READY       "ready "
#define YOURS       "yours"
#define SERVING     "serving"
#define NO          "no "
#define CALLERS_MAX 8 /* who wait to be heard */

/* How long a step may take, in ms. While the goods are on offer nobody accepts connections. */
#define ANSWER_MS 5000
#define LOAD_MS   300000
#define OFFER_MS  3000

/* The lock of a hub that was killed may be free a little later than its line is cut. */
#define LOCK_MS    20
#define LOCK_TRIES 100

static struct sockaddr_un
address_in(const char *folder)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/" TAKEOVER_SOCKET, folder);
	return address;
}

static bool
says(const struct line_message *message, const char *word)
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
	struct line_message message;

	line_close_ear(giver->line);
	while (line_take_message(giver->line, &message)) {
		line_drop_goods(&message.goods);
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
	line_patience(giver->line, LOAD_MS, false);
	if (!line_say(giver->line, WELCOME, "", NULL))
		keep(giver, "it hung up");
}

static void
offer(struct giver *giver)
{
	struct takeover_goods ours = giver->options.offer(giver->options.context);
	struct line_goods goods = {{ours.listener, ours.lock}};

	giver_enter(giver, OFFERED, "offered");
	line_patience(giver->line, OFFER_MS, false);
	if (!line_say(giver->line, YOURS, "", &goods))
		keep(giver, "it hung up");
}

static bool
is_ready(const struct giver *giver, const struct line_message *message)
{
	return strncmp(message->text, READY, strlen(READY)) == 0 &&
	       strcmp(message->text + strlen(READY), giver->options.epoch(giver->options.context)) == 0;
}

static void
giver_heard(struct line_message *message, void *context)
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
	line_dismiss(caller, NO "another take-over is under way");
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
	if (!giver->line)
		return;
	line_patience(giver->line, ANSWER_MS, false);
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
	char epoch[LINE_MESSAGE_MAX];
	enum { CALLING, LOADING, ASKING, TAKING, TAKEN, ALONE, REFUSED } state;
	unsigned tries; /* to have the place, alone */
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
	line_patience(taker->line, ANSWER_MS, false);
	line_say(taker->line, READY, taker->epoch, NULL);
}

static void
on_welcome(struct taker *taker)
{
	taker_enter(taker, LOADING, "welcome");
	line_patience(taker->line, 0, false); /* from here on it is the other one's */
	if (taker->is_loaded)
		ask(taker);
}

static void
on_yours(struct taker *taker, struct line_message *message)
{
	struct takeover_goods goods = {message->goods.descriptors[0], message->goods.descriptors[1]};

	message->goods = (struct line_goods){{-1, -1}};
	taker_enter(taker, TAKING, "offered");
	line_patience(taker->line, 0, false);
	taker->options.offered(goods, taker->options.context);
}

static void
hang_up_taker(struct taker *taker)
{
	line_close(taker->line);
	taker->line = NULL;
}

static void
try_alone(struct taker *taker)
{
	if (taker->options.alone(taker->options.context))
		hang_up_taker(taker);
	else if (++taker->tries == LOCK_TRIES)
		taker_give_up(taker, "the running hub is dead, and a third one was faster");
}

static void
on_end(struct taker *taker)
{
	if (taker->state == TAKEN || taker->state == TAKING)
		hang_up_taker(taker);
	if (taker->state == TAKEN)
		return;
	log_warn("takeover", "giver_died", KV("side", "taker"));
	if (taker->state == TAKING) {
		if (taker->can_serve)
			take(taker);
		return;
	}
	taker_enter(taker, ALONE, "alone");
	line_deaf(taker->line);
	line_patience(taker->line, LOCK_MS, true);
	try_alone(taker);
}

static void
taker_heard(struct line_message *message, void *context)
{
	struct taker *taker = context;

	if (!message)
		on_end(taker);
	else if (strncmp(message->text, NO, strlen(NO)) == 0)
		taker_give_up(taker, message->text + strlen(NO));
	else if (taker->state == CALLING && says(message, WELCOME))
		on_welcome(taker);
	else if (taker->state == ASKING && says(message, YOURS))
		on_yours(taker, message);
	else
		taker_give_up(taker, "not understood");
}

static void
taker_late(void *context)
{
	struct taker *taker = context;

	if (taker->state == ALONE)
		try_alone(taker);
	else
		taker_give_up(taker, "the running hub does not answer");
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
	line_patience(taker->line, ANSWER_MS, false);
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
