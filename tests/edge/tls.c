/* tls.c - a session through HAProxy, as the edge is shipped. */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "haproxy.h"
#include "raw.h"
#include "worlds.h"

#define SAVED 50 /* of one point a second */

/* A hub behind a proxy, without a development login; `device` is a token by which "an" stays logged in. */
static struct world *
world_behind(char device[TOKEN_TEXT], const char *const *flags)
{
	struct world *w = world_open(NULL);
	char token[TOKEN_TEXT];
	struct raw raw;
	Answer *answer;

	read_token(w, token);
	raw_open(&raw, w);
	answer = raw_ask(&raw, to_login_on(token, "an", "phone"));
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	snprintf(device, TOKEN_TEXT, "%s", answer->login->token);
	free_answer(answer);
	raw_close(&raw);
	for (unsigned i = 0; flags[i]; i++)
		w->flags[i] = flags[i];
	hub_again(w, SIGTERM);
	return w;
}

static void
open_session(struct raw *raw, struct haproxy *proxy, const char *device)
{
	*raw = (struct raw){0};
	tls_open(proxy, &raw->socket);
	assert_int_equal(socket_shake(&raw->socket, WS_UPGRADE WS_SUBPROTOCOL), 101);
	raw_expect(raw, to_login_with(device), "OK", "");
}

static void
read_pulses(struct raw *raw, unsigned count)
{
	unsigned until = raw->pulses + count;

	while (raw->pulses < until) {
		assert_true(raw_read(raw));
		raw_pulse(raw);
	}
}

static void
session_lives_over_a_new_certificate(void **state)
{
	char device[TOKEN_TEXT];
	struct world *w = world_behind(
		device, (const char *const[]){"--dev=no", "--trusted-proxy", "127.0.0.1", "--pulse", "1", NULL});
	struct haproxy *proxy = haproxy_start(w, "first");
	struct raw before, after;

	(void)state;
	open_session(&before, proxy, device);
	raw_expect(&before, to_show_place(GRID_A), "OK", "");
	read_pulses(&before, 1);

	haproxy_new_certificate(proxy, "second");
	read_pulses(&before, 3);
	raw_expect(&before, to_show_place(GRID_B), "OK", "");
	open_session(&after, proxy, device);
	raw_expect(&after, to_show_place(GRID_A), "OK", "");
	raw_expect(&before, to_show_place(GRID_A), "OK", "");
	assert_int_equal(metric(w, "sessions"), 2);

	raw_close(&before);
	raw_close(&after);
	haproxy_end(proxy);
	world_close(w);
}

static int
shake_claiming(struct haproxy *proxy, const char *header)
{
	char headers[512];
	struct socket peer;
	int status;

	snprintf(headers, sizeof(headers), WS_UPGRADE WS_SUBPROTOCOL "%s", header);
	tls_open(proxy, &peer);
	status = socket_shake(&peer, headers);
	socket_close(&peer);
	return status;
}

/* All who come through it from one address share its budget, whatever they say of themselves; the hub's own neighbours
 * have theirs. */
static void
address_is_the_one_haproxy_saw(void **state)
{
	char device[TOKEN_TEXT];
	struct world *w = world_behind(device,
		(const char *const[]){"--dev=no", "--trusted-proxy", "127.0.0.1", "--address-budget", "1", NULL});
	struct haproxy *proxy = haproxy_start(w, "edge");
	struct socket peer;
	unsigned let_in = 0;

	(void)state;
	/* Used up from 127.0.0.1 as the proxy would say it; the proxy is that address itself. */
	for (int status = 101; status == 101; let_in += status == 101) {
		socket_open(&peer, w->address, 0);
		status = socket_shake(&peer, WS_UPGRADE WS_SUBPROTOCOL "X-Forwarded-For: 127.0.0.1\r\n");
		socket_close(&peer);
	}
	assert_in_range(let_in, SAVED - 1, SAVED + 10);
	assert_int_equal(shake_claiming(proxy, ""), 429);
	assert_int_equal(shake_claiming(proxy, "X-Forwarded-For: 192.0.2.7\r\n"), 429);
	assert_int_equal(shake_claiming(proxy, "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-For: 192.0.2.8\r\n"), 429);
	assert_int_equal(shake_claiming(proxy, "x-forwarded-for: 192.0.2.7, 192.0.2.8\r\n"), 429);
	haproxy_end(proxy);
	world_close(w);
}

static void
get(struct haproxy *proxy, const char *path, const char *headers, char *out, size_t room)
{
	char head[256];
	struct socket peer;
	struct text all;

	snprintf(
		head, sizeof(head), "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n", path, headers);
	tls_open(proxy, &peer);
	socket_write(&peer, head, strlen(head));
	all = socket_read_all(&peer);
	snprintf(out, room, "%.*s", (int)all.len, all.data);
	socket_close(&peer);
}

static void
assert_says(const char *said, const char *status, const char *const *parts)
{
	if (strncmp(said, status, strlen(status)) != 0)
		fail_msg("wanted %s: %s", status, said);
	for (; *parts; parts++)
		if (!strstr(said, *parts))
			fail_msg("no '%s' in: %s", *parts, said);
}

/* Also what HAProxy says itself, when there is no hub. Counters are for nobody who comes from outside. */
static void
browsers_are_told_to_stay_with_tls(void **state)
{
	static const char *const strict[] = {"strict-transport-security: max-age=31536000\r\n",
		"x-content-type-options: nosniff\r\n",
		"content-security-policy: default-src 'none'; frame-ancestors 'none'", NULL};
	char device[TOKEN_TEXT], said[16384];
	struct world *w = world_behind(device, (const char *const[]){"--dev=no", "--trusted-proxy", "127.0.0.1", NULL});
	struct haproxy *proxy = haproxy_start(w, "edge");

	(void)state;
	get(proxy, "/", "", said, sizeof(said));
	assert_says(said, "HTTP/1.1 200 ", strict);
	get(proxy, "/healthz", "", said, sizeof(said));
	assert_says(said, "HTTP/1.1 200 ", strict);
	get(proxy, "/metrics", "", said, sizeof(said));
	assert_says(said, "HTTP/1.1 404 ", strict);
	hub_end(w, SIGTERM);
	get(proxy, "/", "", said, sizeof(said));
	assert_says(said, "HTTP/1.1 503 ", strict);
	haproxy_end(proxy);
	world_close(w);
}

static void
put(const char *folder, const char *name, const char *content)
{
	char path[512];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	out = fopen(path, "we");
	assert_non_null(out);
	fputs(content, out);
	fclose(out);
}

/* Kept for ever, compressed, asked for again: the proxy changes nothing of it, and adds what is its own to say. */
static void
pages_come_through_as_they_are(void **state)
{
	static const char *const compressed[] = {"cache-control: public, max-age=31536000, immutable\r\n",
		"content-encoding: gzip\r\n", "vary: accept-encoding\r\n", "content-length: 4\r\n",
		"permissions-policy: camera=(self)", "content-security-policy: default-src 'none'; script-src 'self'",
		"strict-transport-security: max-age=31536000\r\n", "\r\n\r\npack", NULL};
	static const char *const known[] = {"cache-control: public, max-age=31536000, immutable\r\n", NULL};
	char device[TOKEN_TEXT], folder[256], said[16384], etag[64], header[128];
	struct haproxy *proxy;
	struct world *w;

	(void)state;
	folder_make(folder, sizeof(folder), "www");
	put(folder, "app.js", "script");
	put(folder, "app.js.gz", "pack");
	put(folder, "manifest.json",
		"{\"files\": [{\"path\": \"/app.js\", \"file\": \"app.js\", \"type\": \"text/javascript\", "
		"\"immutable\": true, \"bytes\": 6, \"gzip\": 4}]}");
	w = world_behind(
		device, (const char *const[]){"--dev=no", "--trusted-proxy", "127.0.0.1", "--www", folder, NULL});
	proxy = haproxy_start(w, "edge");
	get(proxy, "/app.js", "Accept-Encoding: gzip\r\n", said, sizeof(said));
	assert_says(said, "HTTP/1.1 200 ", compressed);
	assert_int_equal(sscanf(strstr(said, "etag: "), "etag: %63[^\r]", etag), 1);
	snprintf(header, sizeof(header), "If-None-Match: %s\r\n", etag);
	get(proxy, "/app.js", header, said, sizeof(said));
	assert_says(said, "HTTP/1.1 304 ", known);
	haproxy_end(proxy);
	world_close(w);
	folder_remove(folder);
}

static void
plain_http_is_sent_to_https(void **state)
{
	static const char asked[] = "GET /x?y HTTP/1.1\r\nHost: grid.example.cn\r\nConnection: close\r\n\r\n";
	char device[TOKEN_TEXT], address[32];
	struct world *w = world_behind(device, (const char *const[]){"--dev=no", "--trusted-proxy", "127.0.0.1", NULL});
	struct haproxy *proxy = haproxy_start(w, "edge");
	struct socket peer;
	struct text all;

	(void)state;
	snprintf(address, sizeof(address), "127.0.0.1:%u", proxy->http_port);
	socket_open(&peer, address, 0);
	socket_write(&peer, asked, sizeof(asked) - 1);
	all = socket_read_all(&peer);
	buf_add(&peer.in, "", 1);
	assert_says((const char *)all.data, "HTTP/1.1 308 ",
		(const char *const[]){"location: https://grid.example.cn/x?y\r\n", NULL});
	socket_close(&peer);
	haproxy_end(proxy);
	world_close(w);
}

/* WeChat wants 1.2 at least; a WebSocket is an upgrade of HTTP/1.1. */
static void
old_tls_is_refused_and_http_1_1_agreed_on(void **state)
{
	static const char *const old[] = {"-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0", NULL};
	char device[TOKEN_TEXT];
	struct world *w = world_behind(device, (const char *const[]){"--dev=no", "--trusted-proxy", "127.0.0.1", NULL});
	struct haproxy *proxy = haproxy_start(w, "edge");
	struct ended ended;

	(void)state;
	ended = tls_try(proxy, old);
	assert_int_not_equal(ended.status, 0);
	ended = tls_try(proxy, (const char *const[]){"-tls1_2", "-alpn", "h2,http/1.1", NULL});
	assert_ended(&ended, 0, "ALPN protocol: http/1.1");
	ended = tls_try(proxy, (const char *const[]){"-tls1_3", "-alpn", "h2,http/1.1", NULL});
	assert_ended(&ended, 0, "ALPN protocol: http/1.1");
	haproxy_end(proxy);
	world_close(w);
}

/* Past it one more is hung up on at once, before any TLS; and let in again when another has gone. */
static void
source_has_so_many_connections(void **state)
{
	char device[TOKEN_TEXT];
	struct world *w = world_behind(device, (const char *const[]){"--dev=no", "--trusted-proxy", "127.0.0.1", NULL});
	struct haproxy *proxy = haproxy_start_bounded(w, "edge", 3);
	uint64_t until_us = clock_mono_us() + (uint64_t)PATIENCE_S * 1000000;
	struct raw raws[3];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(raws); i++)
		open_session(&raws[i], proxy, device);
	assert_int_not_equal(tls_try(proxy, NULL).status, 0);
	raw_expect(&raws[0], to_show_place(GRID_A), "OK", "");
	socket_send_head(&raws[2].socket, (struct ws_head){.fin = true, .opcode = WS_CLOSE, .masked = true});
	while (tls_try(proxy, NULL).status != 0)
		assert_true(clock_mono_us() < until_us);
	for (size_t i = 0; i < ARRAY_LEN(raws); i++)
		raw_close(&raws[i]);
	haproxy_end(proxy);
	world_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(session_lives_over_a_new_certificate),
		cmocka_unit_test(address_is_the_one_haproxy_saw),
		cmocka_unit_test(source_has_so_many_connections),
		cmocka_unit_test(browsers_are_told_to_stay_with_tls),
		cmocka_unit_test(pages_come_through_as_they_are),
		cmocka_unit_test(plain_http_is_sent_to_https),
		cmocka_unit_test(old_tls_is_refused_and_http_1_1_agreed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
