#include "https.h"

#include <curl/curl.h>
#include <string.h>
#include <sys/queue.h>

#include "secret.h"

#define KEPT_CONNECTIONS 16 /* that wait for the next request */

struct transfer {
	LIST_ENTRY(transfer) in_list;
	struct https *https;
	CURL *easy;
	https_done *done;
	void *context;
	char *body;
	size_t len;
	size_t room;
	size_t max_body;
	bool too_long;
};

LIST_HEAD(transfer_list, transfer);

struct https {
	struct https_options options;
	uv_loop_t *loop;
	CURLM *multi; /* NULL at the end */
	struct curl_slist *json_headers;
	uv_timer_t timer;
	struct transfer_list transfers;
	unsigned under_way;
	unsigned handles; /* on the loop: the timer, and a watch for each socket */
	void (*closed)(void *context);
	void *closed_context;
};

/* One socket of libcurl's on the loop. */
struct watch {
	uv_poll_t poll;
	struct https *https;
	curl_socket_t socket;
};

/* How a request ends. */

static const char *
header_content_type(CURL *easy)
{
	char *type = NULL;

	curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
	return type ? type : "";
}

/* libcurl notes the moment in which it begins to send. */
static bool
was_sent(CURL *easy)
{
	curl_off_t begun_us = 0;

	curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &begun_us);
	return begun_us > 0;
}

static void
transfer_destroy(struct transfer *transfer)
{
	curl_easy_cleanup(transfer->easy);
	secret_free(transfer->body);
	secret_free(transfer);
}

static void
end_transfer(struct transfer *transfer, CURLcode code)
{
	struct https_answer answer = {.end = HTTPS_ANSWERED, .content_type = "", .why = ""};
	long status = 0;

	if (code != CURLE_OK) {
		answer.end = was_sent(transfer->easy) ? HTTPS_UNKNOWN : HTTPS_UNSENT;
		answer.why = transfer->too_long ? "the answer is too long" : curl_easy_strerror(code);
	} else {
		curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
		answer.status = (unsigned)status;
		answer.content_type = header_content_type(transfer->easy);
		answer.body = (struct text){transfer->body ? transfer->body : "", transfer->len};
	}
	curl_multi_remove_handle(transfer->https->multi, transfer->easy);
	LIST_REMOVE(transfer, in_list);
	transfer->https->under_way--;
	transfer->done(&answer, transfer->context);
	transfer_destroy(transfer);
}

/* A callback may send more, or destroy all. */
static void
end_finished(struct https *https)
{
	CURLMsg *message;
	void *transfer;
	int left;

	while (https->multi && (message = curl_multi_info_read(https->multi, &left))) {
		CURLcode code = message->data.result;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
		end_transfer(transfer, code);
	}
}

/* What libcurl wants of the loop. */

static void
on_handle_closed(struct https *https)
{
	if (--https->handles > 0)
		return;
	https->closed(https->closed_context);
	secret_free(https);
}

static void
on_timer_closed(uv_handle_t *timer)
{
	on_handle_closed(timer->data);
}

static void
on_watch_closed(uv_handle_t *poll)
{
	struct watch *watch = poll->data;
	struct https *https = watch->https;

	secret_free(watch);
	on_handle_closed(https);
}

static void
act(struct https *https, curl_socket_t socket, int events)
{
	int running;

	curl_multi_socket_action(https->multi, socket, events, &running);
	end_finished(https);
}

static void
on_timer(uv_timer_t *timer)
{
	act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static void
on_events(uv_poll_t *poll, int status, int events)
{
	struct watch *watch = poll->data;
	int bits = 0;

	if (status < 0)
		bits = CURL_CSELECT_ERR;
	if (events & UV_READABLE)
		bits |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		bits |= CURL_CSELECT_OUT;
	act(watch->https, watch->socket, bits);
}

static struct watch *
watch_create(struct https *https, curl_socket_t socket)
{
	struct watch *watch = secret_calloc(1, sizeof(*watch));

	if (uv_poll_init_socket(https->loop, &watch->poll, socket) != 0) {
		secret_free(watch);
		return NULL;
	}
	watch->poll.data = watch;
	watch->https = https;
	watch->socket = socket;
	https->handles++;
	curl_multi_assign(https->multi, socket, watch);
	return watch;
}

static int
on_socket(CURL *easy, curl_socket_t socket, int what, void *context, void *of_socket)
{
	struct https *https = context;
	struct watch *watch = of_socket;
	int events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (watch)
			uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
		return 0;
	}
	if (!watch && !(watch = watch_create(https, socket)))
		return 0; /* its time-out ends it; an error would end all that libcurl does */
	if (what & CURL_POLL_IN)
		events |= UV_READABLE;
	if (what & CURL_POLL_OUT)
		events |= UV_WRITABLE;
	uv_poll_start(&watch->poll, events, on_events);
	return 0;
}

static int
on_timeout_wanted(CURLM *multi, long ms, void *context)
{
	struct https *https = context;

	(void)multi;
	if (ms < 0)
		uv_timer_stop(&https->timer);
	else
		uv_timer_start(&https->timer, on_timer, (uint64_t)ms, 0);
	return 0;
}

/* What comes. Anything but the length that came ends the transfer. libcurl bounds the header lines itself, by 300 kB. */

static size_t
on_body(char *bytes, size_t one, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t len = one * count, need = transfer->len + len;

	transfer->too_long = need > transfer->max_body;
	if (transfer->too_long)
		return 0;
	if (need > transfer->room) {
		transfer->room = MIN(MAX(2 * transfer->room, need), transfer->max_body);
		transfer->body = secret_realloc(transfer->body, transfer->room);
	}
	memcpy(transfer->body + transfer->len, bytes, len);
	transfer->len += len;
	return len;
}

/* How it is asked. */

static bool
set_limits(CURL *easy, const struct https_options *options)
{
	return curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_ms) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)options->total_ms) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       /* Else the end of a look-up that hangs is waited for. */
	       curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https,http") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
	       /* With a folder of them libcurl does not keep them, and reads all 140 for each connection: 23 ms. */
	       curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
	       (!options->authorities || curl_easy_setopt(easy, CURLOPT_CAINFO, options->authorities) == CURLE_OK);
}

static bool
set_request(struct transfer *transfer, const struct https_request *request)
{
	CURL *easy = transfer->easy;

	if (request->body &&
		(curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body) != CURLE_OK ||
			curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->https->json_headers) != CURLE_OK))
		return false;
	return curl_easy_setopt(easy, CURLOPT_URL, request->url) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request->once ? 1L : 0L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_USERAGENT, "gridhub/" GV_VERSION) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer) == CURLE_OK;
}

static struct transfer *
transfer_create(struct https *https, const struct https_request *request)
{
	struct transfer *transfer = secret_calloc(1, sizeof(*transfer));

	transfer->https = https;
	transfer->max_body = request->max_answer;
	transfer->easy = curl_easy_init();
	if (transfer->easy && set_limits(transfer->easy, &https->options) && set_request(transfer, request) &&
		curl_multi_add_handle(https->multi, transfer->easy) == CURLM_OK)
		return transfer;
	transfer_destroy(transfer);
	return NULL;
}

void
https_send(struct https *https, const struct https_request *request, https_done *done, void *context)
{
	struct https_answer answer = {.end = HTTPS_UNSENT, .content_type = "", .why = "too many under way"};
	struct transfer *transfer = NULL;

	if (!https->closed && https->under_way < https->options.max_under_way)
		transfer = transfer_create(https, request);
	if (!transfer) {
		done(&answer, context);
		return;
	}
	transfer->done = done;
	transfer->context = context;
	https->under_way++;
	LIST_INSERT_HEAD(&https->transfers, transfer, in_list);
}

struct https *
https_create(uv_loop_t *loop, const struct https_options *options)
{
	struct https *https;

	if (!secret_libraries())
		return NULL;
	https = secret_calloc(1, sizeof(*https));
	https->multi = curl_multi_init();
	if (!https->multi) {
		secret_free(https);
		return NULL;
	}
	https->json_headers = curl_slist_append(NULL, "Content-Type: application/json");
	https->options = *options;
	https->loop = loop;
	LIST_INIT(&https->transfers);
	uv_timer_init(loop, &https->timer);
	https->timer.data = https;
	https->handles = 1;
	curl_multi_setopt(https->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(https->multi, CURLMOPT_SOCKETDATA, https);
	curl_multi_setopt(https->multi, CURLMOPT_TIMERFUNCTION, on_timeout_wanted);
	curl_multi_setopt(https->multi, CURLMOPT_TIMERDATA, https);
	curl_multi_setopt(https->multi, CURLMOPT_MAXCONNECTS, (long)KEPT_CONNECTIONS);
	return https;
}

void
https_destroy(struct https *https, void (*closed)(void *context), void *context)
{
	CURLM *multi = https->multi;
	struct transfer *transfer;

	https->closed = closed;
	https->closed_context = context;
	while ((transfer = LIST_FIRST(&https->transfers)))
		end_transfer(transfer, CURLE_ABORTED_BY_CALLBACK);
	https->multi = NULL;
	curl_multi_cleanup(multi);
	curl_slist_free_all(https->json_headers);
	uv_close((uv_handle_t *)&https->timer, on_timer_closed);
}
