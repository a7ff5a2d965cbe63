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

#include "buf.h"
#include "macros.h"

#define MAX_REQUEST 16384
#define MAX_TROUBLE 16
#define MAX_CODES   1024

static const char *const paths[] = {LOGIN_PATH, TOKEN_PATH, PHONE_PATH, SEND_PATH, IMAGE_PATH, CHECK_PATH};

#define PATHS ARRAY_LEN(paths)

struct ordered {
	enum trouble trouble;
	int number;
};

struct place {
	unsigned asked;
	struct ordered next[MAX_TROUBLE];
	unsigned waiting;
	struct ordered always;
};

struct stand_in {
	uv_loop_t *loop;
	uv_tcp_t server;
	char base[STAND_IN_BASE];
	struct place places[PATHS];
	LIST_HEAD(, peer) peers;
	unsigned connections;
	char query[MAX_REQUEST];
	char body[MAX_REQUEST];
	char *codes[MAX_CODES]; /* that were used */
	unsigned code_count;
	unsigned tokens;
	char token[32];
	unsigned grants;
	bool country_is_number;
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

/* True the first time. */
static bool
use_code(struct stand_in *stand_in, const char *code)
{
	for (unsigned i = 0; i < stand_in->code_count; i++)
		if (strcmp(stand_in->codes[i], code) == 0)
			return false;
	assert_true(stand_in->code_count < MAX_CODES);
	stand_in->codes[stand_in->code_count++] = strdup(code);
	return true;
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
	else if (!use_code(stand_in, code))
		say_errcode(reply, 40163, "code been used");
	else
		buf_printf(&reply->body, "{\"session_key\":\"tiihtNczf5v6AKRyjwEUhQ==\",\"openid\":\"o-%s\"}", code);
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
say_number(const struct stand_in *stand_in, struct reply *reply, const char *appid)
{
	const char *quote = stand_in->country_is_number ? "" : "\"";

	buf_printf(&reply->body,
		"{\"errcode\":0,\"errmsg\":\"ok\",\"phone_info\":{\"phoneNumber\":\"13900000000\","
		"\"purePhoneNumber\":\"13900000000\",\"countryCode\":%s86%s,"
		"\"watermark\":{\"timestamp\":1649761234,\"appid\":\"%s\"}}}",
		quote, quote, appid);
}

static void
say_phone(struct stand_in *stand_in, const json_t *body, struct reply *reply)
{
	if (strncmp(text_in(body, "code"), "bad", 3) == 0 || !use_code(stand_in, text_in(body, "code")))
		say_errcode(reply, 40029, "invalid code");
	else
		say_number(stand_in, reply, STAND_IN_APPID);
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
	(void)stand_in;
	if (strcmp(text_in(body, "page"), "pages/call") != 0) {
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
		say_number(stand_in, reply, "wxfedcba9876543210");
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

/* A whole request: "GET /path?query HTTP/1.1", and a body. */
static void
on_request(struct peer *peer, const char *body, size_t body_len)
{
	struct stand_in *stand_in = peer->stand_in;
	struct reply reply = {.status = 200, .type = "application/json; encoding=utf-8"};
	const char *path = strchr(peer->in, ' ') + 1;
	size_t len = strcspn(path, " "), path_len = MIN(len, strcspn(path, "?"));
	size_t at = find_path(path, path_len);
	struct ordered ordered = take_order(&stand_in->places[at]);

	snprintf(stand_in->query, sizeof(stand_in->query), "%.*s", (int)(len - path_len), path + path_len);
	memmove(stand_in->query, stand_in->query + (stand_in->query[0] == '?'), strlen(stand_in->query));
	snprintf(stand_in->body, sizeof(stand_in->body), "%.*s", (int)body_len, body);
	stand_in->places[at].asked++;
	if (ordered.trouble != ERRCODE) /* a code that it refuses is not used up */
		say(stand_in, at, &reply);
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

struct stand_in *
stand_in_open(uv_loop_t *loop)
{
	struct stand_in *stand_in = calloc(1, sizeof(*stand_in));
	struct sockaddr_in address;
	int len = sizeof(address);

	assert_non_null(stand_in);
	stand_in->loop = loop;
	stand_in->grants = 1000;
	stand_in_renew(stand_in);
	LIST_INIT(&stand_in->peers);
	uv_ip4_addr("127.0.0.1", 0, &address);
	uv_tcp_init(loop, &stand_in->server);
	stand_in->server.data = stand_in;
	assert_int_equal(uv_tcp_bind(&stand_in->server, (const struct sockaddr *)&address, 0), 0);
	assert_int_equal(uv_listen((uv_stream_t *)&stand_in->server, 512, on_connection), 0);
	uv_tcp_getsockname(&stand_in->server, (struct sockaddr *)&address, &len);
	snprintf(stand_in->base, sizeof(stand_in->base), "http://127.0.0.1:%u", ntohs(address.sin_port));
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

	for (unsigned i = 0; i < stand_in->code_count; i++)
		free(stand_in->codes[i]);
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

void
stand_in_next(struct stand_in *stand_in, const char *path, enum trouble trouble, int number)
{
	struct place *place = &stand_in->places[find_path(path, strlen(path))];

	assert_true(place->waiting < MAX_TROUBLE);
	place->next[place->waiting++] = (struct ordered){trouble, number};
}

void
stand_in_always(struct stand_in *stand_in, const char *path, enum trouble trouble, int number)
{
	stand_in->places[find_path(path, strlen(path))].always = (struct ordered){trouble, number};
}

unsigned
stand_in_asked(const struct stand_in *stand_in, const char *path)
{
	return stand_in->places[find_path(path, strlen(path))].asked;
}

void
stand_in_renew(struct stand_in *stand_in)
{
	snprintf(stand_in->token, sizeof(stand_in->token), "token-%u", ++stand_in->tokens);
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
	stand_in->grants = grants;
}

void
stand_in_set_country_number(struct stand_in *stand_in, bool is_number)
{
	stand_in->country_is_number = is_number;
}
