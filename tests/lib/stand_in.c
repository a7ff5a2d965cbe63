#include "stand_in.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/queue.h>
#include <unistd.h>
#include <cmocka.h>
#include <jansson.h>
#include <uthash.h>

#include "buf.h"
#include "macros.h"

#define MAX_REQUEST 16384
#define MAX_TROUBLE 16
#define NUMBER      "13900000000"

static const char *const paths[] = {LOGIN_PATH, TOKEN_PATH, PHONE_PATH, SEND_PATH, IMAGE_PATH, CHECK_PATH};

#define PATHS ARRAY_LEN(paths)

struct ordered {
	enum trouble trouble;
	int number;
};

/* A code that was used, or of which it is known whose it is. */
struct code {
	char *text;
	char *of; /* an openid, or a number; NULL: as usual */
	bool is_used;
	UT_hash_handle hh;
};

struct place {
	unsigned asked;
	struct buf bodies; /* all there were, each with a NUL behind it */
	struct ordered next[MAX_TROUBLE];
	unsigned waiting;
	struct ordered always;
};

struct stand_in {
	uv_mutex_t lock; /* of all that can be ordered and counted */
	uv_loop_t *loop;
	uv_tcp_t server;
	char base[STAND_IN_BASE];
	struct place places[PATHS];
	LIST_HEAD(, peer) peers;
	unsigned connections;
	char query[MAX_REQUEST];
	char body[MAX_REQUEST];
	struct code *codes;
	unsigned tokens;
	char token[32];
	unsigned grants;
	bool country_is_number;
	uv_loop_t own_loop; /* on a thread of its own */
	uv_thread_t thread;
	uv_async_t end;
};

/* One connection. */
struct peer {
	LIST_ENTRY(peer) in_list;
	struct stand_in *stand_in;
	uv_tcp_t tcp;
	uv_timer_t delay;
	unsigned handles;
	char in[MAX_REQUEST];
	size_t len;
	struct buf answer; /* that is held back, or that does not end */
	bool is_endless;
};

/* Answers. */

struct reply {
	unsigned status;
	const char *type;
	struct buf body;
};

static void
say_errcode(struct reply *reply, int errcode, const char *errmsg)
{
	buf_printf(&reply->body, "{\"errcode\":%d,\"errmsg\":\"%s rid: 6253-1c2d\"}", errcode, errmsg);
}

/* What stands behind `name=` in a query. */
static void
query_value(char *out, size_t room, const char *query, const char *name)
{
	size_t len = strlen(name);

	out[0] = '\0';
	for (const char *at = query; at && *at; at = strchr(at, '&') ? strchr(at, '&') + 1 : NULL) {
		if (strncmp(at, name, len) != 0 || at[len] != '=')
			continue;
		snprintf(out, room, "%.*s", (int)strcspn(at + len + 1, "&"), at + len + 1);
	}
}

static struct code *
find_code(struct stand_in *stand_in, const char *text)
{
	struct code *code;

	HASH_FIND_STR(stand_in->codes, text, code);
	if (code)
		return code;
	code = calloc(1, sizeof(*code));
	assert_non_null(code);
	code->text = strdup(text);
	HASH_ADD_KEYPTR(hh, stand_in->codes, code->text, strlen(code->text), code);
	return code;
}

/* NULL where it was used before. */
static const struct code *
use_code(struct stand_in *stand_in, const char *text)
{
	struct code *code = find_code(stand_in, text);

	if (code->is_used)
		return NULL;
	code->is_used = true;
	return code;
}

static void
say_openid(struct stand_in *stand_in, const char *text, struct reply *reply)
{
	const struct code *code = use_code(stand_in, text);

	if (!code)
		say_errcode(reply, 40163, "code been used");
	else if (code->of)
		buf_printf(&reply->body, "{\"session_key\":\"tiihtNczf5v6AKRyjwEUhQ==\",\"openid\":\"%s\"}", code->of);
	else
		buf_printf(&reply->body, "{\"session_key\":\"tiihtNczf5v6AKRyjwEUhQ==\",\"openid\":\"o-%s\"}", text);
}

static void
say_login(struct stand_in *stand_in, const json_t *body, struct reply *reply)
{
	char appid[64], secret[64], code[600], grant_type[64];

	(void)body;
	query_value(appid, sizeof(appid), stand_in->query, "appid");
	query_value(secret, sizeof(secret), stand_in->query, "secret");
	query_value(code, sizeof(code), stand_in->query, "js_code");
	query_value(grant_type, sizeof(grant_type), stand_in->query, "grant_type");
	reply->type = "text/plain"; /* as WeChat's does */
	if (strcmp(grant_type, "authorization_code") != 0)
		say_errcode(reply, 40002, "invalid grant_type");
	else if (strcmp(appid, STAND_IN_APPID) != 0)
		say_errcode(reply, 40013, "invalid appid");
	else if (strcmp(secret, STAND_IN_SECRET) != 0)
		say_errcode(reply, 40125, "invalid appsecret");
	else if (strncmp(code, "bad", 3) == 0)
		say_errcode(reply, 40029, "invalid code");
	else
		say_openid(stand_in, code, reply);
}

static const char *
text_in(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void
say_token(struct stand_in *stand_in, const json_t *body, struct reply *reply)
{
	if (strcmp(text_in(body, "grant_type"), "client_credential") != 0)
		say_errcode(reply, 40002, "invalid grant_type");
	else if (strcmp(text_in(body, "appid"), STAND_IN_APPID) != 0)
		say_errcode(reply, 40013, "invalid appid");
	else if (strcmp(text_in(body, "secret"), STAND_IN_SECRET) != 0)
		say_errcode(reply, 40125, "invalid appsecret");
	else
		buf_printf(&reply->body, "{\"access_token\":\"%s\",\"expires_in\":7200}", stand_in->token);
}

static void
say_number(const struct stand_in *stand_in, struct reply *reply, const char *number, const char *appid)
{
	const char *quote = stand_in->country_is_number ? "" : "\"";

	buf_printf(&reply->body,
		"{\"errcode\":0,\"errmsg\":\"ok\",\"phone_info\":{\"phoneNumber\":\"%s\","
		"\"purePhoneNumber\":\"%s\",\"countryCode\":%s86%s,"
		"\"watermark\":{\"timestamp\":1649761234,\"appid\":\"%s\"}}}",
		number, number, quote, quote, appid);
}

static void
say_phone(struct stand_in *stand_in, const json_t *body, struct reply *reply)
{
	const char *text = text_in(body, "code");
	const struct code *code = strncmp(text, "bad", 3) == 0 ? NULL : use_code(stand_in, text);

	if (!code)
		say_errcode(reply, 40029, "invalid code");
	else
		say_number(stand_in, reply, code->of ? code->of : NUMBER, STAND_IN_APPID);
}

static size_t
count_chars(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

static void
say_sent(struct stand_in *stand_in, const json_t *body, struct reply *reply)
{
	const char *key;
	char why[128];
	json_t *field;

	json_object_foreach(json_object_get(body, "data"), key, field)
	{
		size_t chars = count_chars(text_in(field, "value"));
		if (chars >= 1 && chars <= 20 && !strchr(text_in(field, "value"), '\n'))
			continue;
		snprintf(why, sizeof(why), "argument invalid! data.%s.value invalid", key);
		say_errcode(reply, 47003, why);
		return;
	}
	if (strcmp(text_in(body, "template_id"), "template") != 0)
		say_errcode(reply, 40037, "invalid template_id");
	else if (stand_in->grants == 0)
		say_errcode(reply, 43101, "user refuse to accept the msg");
	else
		buf_printf(&reply->body, "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":%u}", stand_in->grants--);
}

static void
say_image(struct stand_in *stand_in, const json_t *body, struct reply *reply)
{
	const char *page = text_in(body, "page");

	(void)stand_in;
	if (strcmp(page, "pages/call") != 0 && strcmp(page, "pages/report/report") != 0) {
		say_errcode(reply, 41030, "invalid page");
		return;
	}
	reply->type = "image/png";
	buf_add_text(&reply->body, TEXT("\x89PNG\r\n\x1a\n"));
	for (int i = 0; i < 5000; i++)
		buf_add(&reply->body, &(char){(char)i}, 1);
	buf_add_text(&reply->body, TEXT("IEND\xae\x42\x60\x82"));
}

static void
say_verdict(struct stand_in *stand_in, const json_t *body, struct reply *reply)
{
	const char *content = text_in(body, "content"), *suggest = "pass";

	(void)stand_in;
	if (strstr(content, "review"))
		suggest = "review";
	if (strstr(content, "risky"))
		suggest = "risky";
	buf_printf(&reply->body,
		"{\"errcode\":0,\"errmsg\":\"ok\",\"result\":{\"suggest\":\"%s\",\"label\":%d},\"trace_id\":"
		"\"60ae120f\"}",
		suggest, strcmp(suggest, "pass") == 0 ? 100 : 20006);
}

static void (*const sayers[PATHS])(struct stand_in *stand_in, const json_t *body, struct reply *reply) = {
	say_login, say_token, say_phone, say_sent, say_image, say_verdict};

static void
say(struct stand_in *stand_in, size_t path, struct reply *reply)
{
	json_t *body = json_loads(stand_in->body, 0, NULL);
	char token[64];

	query_value(token, sizeof(token), stand_in->query, "access_token");
	if (path >= 2 && strcmp(token, stand_in->token) != 0)
		say_errcode(reply, 40001, "invalid credential, access_token is invalid or not latest");
	else
		sayers[path](stand_in, body, reply);
	json_decref(body);
}

/* Connections. */

static void
on_peer_handle_closed(uv_handle_t *handle)
{
	struct peer *peer = handle->data;

	if (--peer->handles > 0)
		return;
	buf_finish(&peer->answer);
	free(peer);
}

static void
hang_up(struct peer *peer)
{
	if (uv_is_closing((uv_handle_t *)&peer->tcp))
		return;
	LIST_REMOVE(peer, in_list);
	uv_close((uv_handle_t *)&peer->tcp, on_peer_handle_closed);
	uv_close((uv_handle_t *)&peer->delay, on_peer_handle_closed);
}

struct written {
	uv_write_t write;
	struct buf bytes;
	struct peer *peer;
	bool then_hang_up;
};

static void put(struct peer *peer, struct buf bytes, bool then_hang_up);

static void
on_written(uv_write_t *write, int status)
{
	struct written *written = CONTAINER_OF(write, struct written, write);
	struct peer *peer = written->peer;

	if (written->then_hang_up || status < 0)
		hang_up(peer);
	else if (peer->is_endless) {
		struct buf more = {0};
		for (int i = 0; i < 1000; i++)
			buf_add_text(&more, peer->answer.len > 0 ? buf_text(&peer->answer) : TEXT("more "));
		put(peer, more, false);
	}
	buf_finish(&written->bytes);
	free(written);
}

/* Takes the bytes over. */
static void
put(struct peer *peer, struct buf bytes, bool then_hang_up)
{
	struct written *written = calloc(1, sizeof(*written));
	uv_buf_t out;

	assert_non_null(written);
	written->bytes = bytes;
	written->peer = peer;
	written->then_hang_up = then_hang_up;
	out = uv_buf_init((char *)bytes.bytes, (unsigned)bytes.len);
	if (uv_write(&written->write, (uv_stream_t *)&peer->tcp, &out, 1, on_written) != 0)
		on_written(&written->write, -1);
}

static struct buf
in_http(const struct reply *reply, size_t said_len)
{
	struct buf bytes = {0};

	buf_printf(&bytes, "HTTP/1.1 %u Said\r\nContent-Type: %s\r\n", reply->status, reply->type);
	if (said_len != SIZE_MAX)
		buf_printf(&bytes, "Content-Length: %zu\r\n", said_len);
	else
		buf_printf(&bytes, "Connection: close\r\n");
	buf_printf(&bytes, "\r\n");
	buf_add_text(&bytes, buf_text(&reply->body));
	return bytes;
}

static void
on_delay_over(uv_timer_t *timer)
{
	struct peer *peer = timer->data;
	struct buf answer = peer->answer;

	peer->answer = (struct buf){0};
	put(peer, answer, false);
}

static void
answer_huge(struct peer *peer, const struct reply *reply)
{
	peer->is_endless = true;
	put(peer, in_http(reply, SIZE_MAX), false);
}

static void
answer_long_head(struct peer *peer)
{
	struct buf bytes = {0};

	peer->is_endless = true;
	buf_printf(&peer->answer, "X-Filler: on and on and on\r\n");
	buf_printf(&bytes, "HTTP/1.1 200 OK\r\n");
	put(peer, bytes, false);
}

static void
answer_other(struct peer *peer, struct reply *reply, const struct ordered *ordered)
{
	struct stand_in *stand_in = peer->stand_in;

	buf_finish(&reply->body);
	switch (ordered->trouble) {
	case ERRCODE:
		say_errcode(reply, ordered->number, "as ordered");
		break;
	case GARBAGE:
		buf_printf(&reply->body, "{\"openid\": <html>\xff\xfe");
		break;
	case REDIRECT:
		reply->status = 302;
		reply->type = "text/plain\r\nLocation: " LOGIN_PATH "?js_code=other";
		break;
	case FOREIGN:
		say_number(stand_in, reply, NUMBER, "wxfedcba9876543210");
		break;
	default:
		fail_msg("trouble %d of no kind", ordered->trouble);
	}
	put(peer, in_http(reply, reply->body.len), false);
}

static void
answer(struct peer *peer, struct reply *reply, const struct ordered *ordered)
{
	switch (ordered->trouble) {
	case WRONG_TYPE:
		reply->type = "text/html";
		__attribute__((fallthrough));
	case FINE:
		put(peer, in_http(reply, reply->body.len), false);
		break;
	case SLOW:
		peer->answer = in_http(reply, reply->body.len);
		uv_timer_start(&peer->delay, on_delay_over, (uint64_t)ordered->number, 0);
		break;
	case SILENT:
		break;
	case HTTP_ERROR:
		reply->status = (unsigned)ordered->number;
		put(peer, in_http(reply, reply->body.len), false);
		break;
	case HANG_UP:
		hang_up(peer);
		break;
	case CUT:
	case CUT_UNSAID:
		reply->body.len /= 2;
		put(peer, in_http(reply, ordered->trouble == CUT ? 2 * reply->body.len : SIZE_MAX), true);
		break;
	case HUGE:
		answer_huge(peer, reply);
		break;
	case LONG_HEAD:
		answer_long_head(peer);
		break;
	default:
		answer_other(peer, reply, ordered);
	}
}

static size_t
find_path(const char *path, size_t len)
{
	for (size_t i = 0; i < PATHS; i++)
		if (strlen(paths[i]) == len && strncmp(paths[i], path, len) == 0)
			return i;
	fail_msg("no such path: %.*s", (int)len, path);
	return 0;
}

static struct ordered
take_order(struct place *place)
{
	struct ordered ordered = place->always;

	if (place->waiting == 0)
		return ordered;
	ordered = place->next[0];
	memmove(place->next, place->next + 1, --place->waiting * sizeof(*place->next));
	return ordered;
}

static void
note_request(struct stand_in *stand_in, struct place *place, struct text query, struct text body)
{
	place->asked++;
	buf_add_text(&place->bodies, body);
	buf_add(&place->bodies, "", 1);
	snprintf(stand_in->query, sizeof(stand_in->query), "%.*s", (int)query.len, query.data);
	snprintf(stand_in->body, sizeof(stand_in->body), "%.*s", (int)body.len, body.data);
}

/* A whole request: "GET /path?query HTTP/1.1", and a body. */
static void
on_request(struct peer *peer, const char *body, size_t body_len)
{
	struct stand_in *stand_in = peer->stand_in;
	struct reply reply = {.status = 200, .type = "application/json; encoding=utf-8"};
	const char *at = strchr(peer->in, ' ') + 1;
	struct text query = {at, strcspn(at, " ")}, path = text_cut(&query, '?');
	size_t place = find_path(path.data, path.len);
	struct ordered ordered;

	uv_mutex_lock(&stand_in->lock);
	ordered = take_order(&stand_in->places[place]);
	note_request(stand_in, &stand_in->places[place], query, (struct text){body, body_len});
	if (ordered.trouble != ERRCODE) /* a code that it refuses is not used up */
		say(stand_in, place, &reply);
	uv_mutex_unlock(&stand_in->lock);
	answer(peer, &reply, &ordered);
	buf_finish(&reply.body);
}

/* There is one at a time on a connection. */
static void
look_for_request(struct peer *peer)
{
	const char *end = strstr(peer->in, "\r\n\r\n"), *said = strcasestr(peer->in, "\r\nContent-Length:");
	size_t head_len, body_len = 0;

	if (!end)
		return;
	head_len = (size_t)(end - peer->in) + 4;
	if (said && said < end)
		body_len = strtoul(said + strlen("\r\nContent-Length:"), NULL, 10);
	if (peer->len < head_len + body_len)
		return;
	peer->len = 0;
	on_request(peer, peer->in + head_len, body_len);
}

static void
on_room_wanted(uv_handle_t *handle, size_t size, uv_buf_t *out)
{
	struct peer *peer = handle->data;

	(void)size;
	*out = uv_buf_init(peer->in + peer->len, (unsigned)(sizeof(peer->in) - 1 - peer->len));
}

static void
on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
	struct peer *peer = stream->data;

	(void)buf;
	if (len < 0) {
		hang_up(peer);
		return;
	}
	peer->len += (size_t)len;
	peer->in[peer->len] = '\0';
	look_for_request(peer);
}

static void
on_connection(uv_stream_t *server, int status)
{
	struct stand_in *stand_in = server->data;
	struct peer *peer = calloc(1, sizeof(*peer));

	assert_int_equal(status, 0);
	assert_non_null(peer);
	peer->stand_in = stand_in;
	peer->handles = 2;
	uv_tcp_init(stand_in->loop, &peer->tcp);
	uv_timer_init(stand_in->loop, &peer->delay);
	peer->tcp.data = peer;
	peer->delay.data = peer;
	LIST_INSERT_HEAD(&stand_in->peers, peer, in_list);
	stand_in->connections++;
	assert_int_equal(uv_accept(server, (uv_stream_t *)&peer->tcp), 0);
	uv_read_start((uv_stream_t *)&peer->tcp, on_room_wanted, on_read);
}

/* Life, and what can be ordered. */

static struct stand_in *
create(void)
{
	struct stand_in *stand_in = calloc(1, sizeof(*stand_in));

	assert_non_null(stand_in);
	uv_mutex_init(&stand_in->lock);
	stand_in->grants = 1000;
	stand_in_renew(stand_in);
	LIST_INIT(&stand_in->peers);
	return stand_in;
}

static void
open_on(struct stand_in *stand_in, uv_loop_t *loop)
{
	struct sockaddr_in address;
	int len = sizeof(address);

	stand_in->loop = loop;
	uv_ip4_addr("127.0.0.1", 0, &address);
	uv_tcp_init(loop, &stand_in->server);
	stand_in->server.data = stand_in;
	assert_int_equal(uv_tcp_bind(&stand_in->server, (const struct sockaddr *)&address, 0), 0);
	assert_int_equal(uv_listen((uv_stream_t *)&stand_in->server, 512, on_connection), 0);
	uv_tcp_getsockname(&stand_in->server, (struct sockaddr *)&address, &len);
	snprintf(stand_in->base, sizeof(stand_in->base), "http://127.0.0.1:%u", ntohs(address.sin_port));
}

struct stand_in *
stand_in_open(uv_loop_t *loop)
{
	struct stand_in *stand_in = create();

	open_on(stand_in, loop);
	return stand_in;
}

static void
play(int pipe, void (*order)(struct stand_in *stand_in))
{
	struct stand_in *stand_in;
	uv_loop_t loop;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	uv_loop_init(&loop);
	stand_in = stand_in_open(&loop);
	order(stand_in);
	if (write(pipe, stand_in->base, STAND_IN_BASE) == STAND_IN_BASE)
		uv_run(&loop, UV_RUN_DEFAULT);
	_exit(1);
}

pid_t
stand_in_elsewhere(char base[STAND_IN_BASE], void (*order)(struct stand_in *stand_in))
{
	int pipes[2];
	pid_t pid;

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0)
		play(pipes[1], order);
	assert_int_equal(read(pipes[0], base, STAND_IN_BASE), STAND_IN_BASE);
	close(pipes[0]);
	close(pipes[1]);
	return pid;
}

static void
on_server_closed(uv_handle_t *server)
{
	struct stand_in *stand_in = server->data;
	struct code *code, *next;

	HASH_ITER (hh, stand_in->codes, code, next) {
		HASH_DEL(stand_in->codes, code);
		free(code->text);
		free(code->of);
		free(code);
	}
	for (size_t i = 0; i < PATHS; i++)
		buf_finish(&stand_in->places[i].bodies);
	if (stand_in->loop == &stand_in->own_loop)
		return; /* who waits for the thread does the rest */
	uv_mutex_destroy(&stand_in->lock);
	free(stand_in);
}

void
stand_in_close(struct stand_in *stand_in)
{
	struct peer *peer;

	while ((peer = LIST_FIRST(&stand_in->peers)))
		hang_up(peer);
	uv_close((uv_handle_t *)&stand_in->server, on_server_closed);
}

static void
on_end(uv_async_t *end)
{
	uv_close((uv_handle_t *)end, NULL);
	stand_in_close(end->data);
}

static void
play_beside(void *context)
{
	struct stand_in *stand_in = context;

	uv_run(stand_in->loop, UV_RUN_DEFAULT);
}

struct stand_in *
stand_in_open_beside(void)
{
	struct stand_in *stand_in = create();

	uv_loop_init(&stand_in->own_loop);
	open_on(stand_in, &stand_in->own_loop);
	uv_async_init(&stand_in->own_loop, &stand_in->end, on_end);
	stand_in->end.data = stand_in;
	assert_int_equal(uv_thread_create(&stand_in->thread, play_beside, stand_in), 0);
	return stand_in;
}

void
stand_in_close_beside(struct stand_in *stand_in)
{
	uv_async_send(&stand_in->end);
	uv_thread_join(&stand_in->thread);
	assert_int_equal(uv_loop_close(&stand_in->own_loop), 0);
	uv_mutex_destroy(&stand_in->lock);
	free(stand_in);
}

/* Orders and counts. */

static struct place *
lock_place(struct stand_in *stand_in, const char *path)
{
	uv_mutex_lock(&stand_in->lock);
	return &stand_in->places[find_path(path, strlen(path))];
}

void
stand_in_next(struct stand_in *stand_in, const char *path, enum trouble trouble, int number)
{
	struct place *place = lock_place(stand_in, path);

	assert_true(place->waiting < MAX_TROUBLE);
	place->next[place->waiting++] = (struct ordered){trouble, number};
	uv_mutex_unlock(&stand_in->lock);
}

void
stand_in_always(struct stand_in *stand_in, const char *path, enum trouble trouble, int number)
{
	lock_place(stand_in, path)->always = (struct ordered){trouble, number};
	uv_mutex_unlock(&stand_in->lock);
}

static void
give_code(struct stand_in *stand_in, const char *text, const char *of)
{
	struct code *code;

	uv_mutex_lock(&stand_in->lock);
	code = find_code(stand_in, text);
	free(code->of);
	code->of = strdup(of);
	code->is_used = false;
	uv_mutex_unlock(&stand_in->lock);
}

void
stand_in_code(struct stand_in *stand_in, const char *code, const char *openid)
{
	give_code(stand_in, code, openid);
}

void
stand_in_phone_code(struct stand_in *stand_in, const char *code, const char *number)
{
	give_code(stand_in, code, number);
}

unsigned
stand_in_asked(struct stand_in *stand_in, const char *path)
{
	unsigned asked = lock_place(stand_in, path)->asked;

	uv_mutex_unlock(&stand_in->lock);
	return asked;
}

unsigned
stand_in_heard(struct stand_in *stand_in, const char *path, const char *part)
{
	const struct place *place = lock_place(stand_in, path);
	struct text bodies = buf_text(&place->bodies);
	unsigned heard = 0;

	while (bodies.len > 0)
		heard += strstr(text_cut(&bodies, '\0').data, part) != NULL;
	uv_mutex_unlock(&stand_in->lock);
	return heard;
}

void
stand_in_renew(struct stand_in *stand_in)
{
	uv_mutex_lock(&stand_in->lock);
	snprintf(stand_in->token, sizeof(stand_in->token), "token-%u", ++stand_in->tokens);
	uv_mutex_unlock(&stand_in->lock);
}

const char *
stand_in_base(const struct stand_in *stand_in)
{
	return stand_in->base;
}

const char *
stand_in_query(const struct stand_in *stand_in)
{
	return stand_in->query;
}

const char *
stand_in_body(const struct stand_in *stand_in)
{
	return stand_in->body;
}

unsigned
stand_in_connections(const struct stand_in *stand_in)
{
	return stand_in->connections;
}

void
stand_in_set_grants(struct stand_in *stand_in, unsigned grants)
{
	uv_mutex_lock(&stand_in->lock);
	stand_in->grants = grants;
	uv_mutex_unlock(&stand_in->lock);
}

void
stand_in_set_country_number(struct stand_in *stand_in, bool is_number)
{
	stand_in->country_is_number = is_number;
}
