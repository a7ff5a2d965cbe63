/* transfer.c - an answer on its way to a browser.
 *
 * It goes to the socket from where it lies, for libwebsockets copies what a socket does not take. What is left then waits
 * here until there is room again: a second descriptor of the connection lets us be told of it, since libwebsockets has the
 * first on the loop. It does not read meanwhile; so who says more before he has his answer, or hangs up, is hung up on, and
 * not waited for with a loop that never sleeps. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "memory.h"
#include "web_private.h"

#define GO_BYTES     ((size_t)128 * 1024) /* at once; then others have their turn */
#define PATIENCE_S   30                   /* and longer, the more there is to send */
#define SLOWEST_BYTE 2048                 /* a second: below that nobody can use the page */

struct transfer {
	TAILQ_ENTRY(transfer) in_list;
	struct web *web;
	struct lws *wsi;
	struct answer answer;
	size_t sent;
	int socket;
	uv_poll_t poll;
};

static size_t
size_of(const struct answer *answer)
{
	return answer->own.len + answer->shared.len;
}

/* Sends what the socket takes now. False if it takes nothing any more. */
static bool
send_some(int socket, const struct answer *answer, size_t *sent)
{
	struct iovec parts[2];
	struct msghdr message = {.msg_iov = parts};
	size_t own_sent = MIN(*sent, answer->own.len), shared_sent = *sent - own_sent;
	ssize_t went;

	if (own_sent < answer->own.len)
		parts[message.msg_iovlen++] =
			(struct iovec){answer->own.bytes + own_sent, MIN(answer->own.len - own_sent, GO_BYTES)};
	if (shared_sent < answer->shared.len)
		parts[message.msg_iovlen++] = (struct iovec){
			UNCONST(answer->shared.data + shared_sent), MIN(answer->shared.len - shared_sent, GO_BYTES)};
	went = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (went > 0)
		*sent += (size_t)went;
	return went >= 0 || errno == EAGAIN || errno == EINTR;
}

static void
on_closed(uv_handle_t *handle)
{
	struct transfer *transfer = handle->data;

	close(transfer->socket);
	free(transfer);
}

/* The connection is libwebsockets' alone again. */
static void
let_go(struct transfer *transfer)
{
	struct web *web = transfer->web;

	lws_set_opaque_user_data(transfer->wsi, NULL);
	TAILQ_REMOVE(&web->transfers, transfer, in_list);
	web->transfer_count--;
	buf_finish(&transfer->answer.own);
	uv_close((uv_handle_t *)&transfer->poll, on_closed);
}

void
transfer_abort(struct lws *wsi)
{
	struct transfer *transfer = lws_get_opaque_user_data(wsi);

	if (transfer)
		let_go(transfer);
}

void
transfer_abort_all(struct web *web)
{
	while (!TAILQ_EMPTY(&web->transfers))
		let_go(TAILQ_FIRST(&web->transfers));
}

/* At once, which may only be done where libwebsockets has not called us; its timers would see to it when they next go. */
static void
hang_up(struct lws *wsi)
{
	lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
}

static void
on_ready(uv_poll_t *poll, int status, int events)
{
	struct transfer *transfer = poll->data;
	struct lws *wsi = transfer->wsi;
	bool goes_on = status == 0 && !(events & UV_READABLE) &&
		       send_some(transfer->socket, &transfer->answer, &transfer->sent);

	if (goes_on && transfer->sent < size_of(&transfer->answer))
		return;
	let_go(transfer);
	if (!goes_on || lws_http_transaction_completed(wsi) != 0)
		hang_up(wsi);
}

/* The answer is the transfer's now. False if it cannot wait: it is the caller's still. */
static bool
wait_for_room(struct web *web, struct lws *wsi, struct answer *answer, size_t sent)
{
	struct transfer *transfer;
	int socket;

	if (web->transfer_count >= WEB_MAX_TRANSFERS)
		return false;
	socket = fcntl(lws_get_socket_fd(wsi), F_DUPFD_CLOEXEC, 0);
	if (socket < 0) {
		log_warn("web", "no_descriptor", KV("for", "an answer that goes out slowly"));
		return false;
	}
	transfer = or_die(calloc(1, sizeof(*transfer)));
	*transfer = (struct transfer){
		.web = web, .wsi = wsi, .answer = *answer, .sent = sent, .socket = socket, .poll.data = transfer};
	if (uv_poll_init(web->pulses.loop, &transfer->poll, socket) != 0) {
		close(socket);
		free(transfer);
		return false;
	}
	lws_set_opaque_user_data(wsi, transfer);
	lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, (int)(PATIENCE_S + size_of(answer) / SLOWEST_BYTE));
	TAILQ_INSERT_TAIL(&web->transfers, transfer, in_list);
	web->transfer_count++;
	uv_poll_start(&transfer->poll, UV_READABLE | UV_WRITABLE, on_ready);
	return true;
}

int
transfer_start(struct web *web, struct lws *wsi, struct answer *answer)
{
	size_t sent = 0;
	bool goes =
		!answer->own.failed && !lws_partial_buffered(wsi) && send_some(lws_get_socket_fd(wsi), answer, &sent);

	if (goes && !answer->is_last && sent < size_of(answer) && wait_for_room(web, wsi, answer, sent))
		return 0;
	goes = goes && sent == size_of(answer) && !answer->is_last;
	buf_finish(&answer->own);
	return goes && lws_http_transaction_completed(wsi) == 0 ? 0 : -1;
}
