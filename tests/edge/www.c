/* www.c - the hub serves the pages that people hold in their hands, as clients/manifest.js lists them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "socket.h"
#include "worlds.h"

#define SCRIPT_BYTES (4 * 1000 * 1000) /* more than a socket takes in */
#define SCRIPT       "/phone/assets/index.1a2b3c4d.js"
#define NEWEST       "/board/assets/index-BX3kd9aF.css"
#define INDEX        "<!doctype html><meta charset=utf-8><title>手机</title>"

struct site {
	struct world *w;
	char folder[256];
	char flag[300];
	char *script;
};

/* The pages, as they could have been built. */

static void
put(const struct site *site, const char *name, const char *content, size_t len)
{
	char path[512];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", site->folder, name);
	out = fopen(path, "we");
	assert_non_null(out);
	assert_int_equal(fwrite(content, 1, len, out), len);
	fclose(out);
}

static void
put_text(const struct site *site, const char *name, const char *content)
{
	put(site, name, content, strlen(content));
}

static void
make_folder(const struct site *site, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", site->folder, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

static struct ended
list_pages(const struct site *site)
{
	return run_program((const char *const[]){"node", MANIFEST_JS, site->folder, NULL});
}

static void
build(struct site *site)
{
	uint32_t random = 7;
	struct ended ended;

	folder_make(site->folder, sizeof(site->folder), "www");
	make_folder(site, "phone");
	make_folder(site, "phone/assets");
	make_folder(site, "board");
	make_folder(site, "board/assets");
	site->script = malloc(SCRIPT_BYTES);
	for (size_t i = 0; i < SCRIPT_BYTES; i++)
		site->script[i] = (char)('a' + ((random = random * 1664525 + 1013904223) >> 28));
	put(site, "phone/assets/index.1a2b3c4d.js", site->script, SCRIPT_BYTES);
	put_text(site, "phone/assets/index.1a2b3c4d.js.map", "{}");
	put_text(site, "phone/index.html", INDEX);
	put_text(site, "phone/favicon.ico", "icon");
	put_text(site, "phone/app.webmanifest", "{}");
	put_text(site, "board/index.html", "<!doctype html><title>board</title>");
	put_text(site, "board/assets/index-BX3kd9aF.css",
		"a {} a {} a {} a {} a {} a {} a {} a {} a {} a {} a {} a {} a {} a {} a {} a {}");
	ended = list_pages(site);
	assert_ended(&ended, 0, "manifest: 7 files");
	snprintf(site->flag, sizeof(site->flag), "--www=%s", site->folder);
}

static int
set_up(void **state)
{
	static struct site site;

	build(&site);
	site.w = world_open_empty((const char *const[]){site.flag, NULL});
	*state = &site;
	return 0;
}

static int
tear_down(void **state)
{
	struct site *site = *state;

	world_close(site->w);
	folder_remove(site->folder);
	free(site->script);
	return 0;
}

/* What comes back. */

struct reply {
	struct text head, body; /* until the next fetch */
	int status;
};

static struct reply
split(struct text all)
{
	struct reply reply = {.head = all};
	char first[32] = "";
	const char *end = memmem(all.data, all.len, "\r\n\r\n", 4);

	if (!end)
		fail_msg("no answer: '%.*s'", (int)all.len, all.data);
	reply.head.len = (size_t)(end + 2 - all.data);
	reply.body = (struct text){end + 4, all.len - reply.head.len - 2};
	text_copy(first, sizeof(first), reply.head);
	assert_int_equal(sscanf(first, "HTTP/1.1 %d", &reply.status), 1);
	return reply;
}

static struct reply
ask_as(struct world *w, const char *request, const char *headers)
{
	static struct socket peer = {.fd = -1};
	char head[1024];

	socket_close(&peer);
	snprintf(head, sizeof(head), "%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n", request, headers);
	socket_open(&peer, w->address, 0);
	socket_write(&peer, head, strlen(head));
	return split(socket_read_all(&peer));
}

static struct reply
get(struct world *w, const char *path, const char *headers)
{
	char request[512];

	snprintf(request, sizeof(request), "GET %s", path);
	return ask_as(w, request, headers);
}

static const char *
find(const struct reply *reply, const char *line)
{
	return memmem(reply->head.data, reply->head.len, line, strlen(line));
}

#define assert_says(reply, line) assert_says_at((reply), line "\r\n", __LINE__)
static void
assert_says_at(const struct reply *reply, const char *line, int at_line)
{
	const char *at = find(reply, line);

	if (!at)
		fail_msg("line %d: no '%s' in: %.*s", at_line, line, (int)reply->head.len, reply->head.data);
}

/* The tests. */

static void
pages_are_asked_for_each_time_and_their_parts_never_again(void **state)
{
	struct site *site = *state;
	struct reply reply = get(site->w, "/", "");

	assert_int_equal(reply.status, 200);
	assert_true(text_equal(reply.body, TEXT(INDEX)));
	assert_says(&reply, "content-type: text/html; charset=utf-8");
	assert_says(&reply, "cache-control: no-cache");
	assert_says(&reply, "permissions-policy: camera=(self), geolocation=(), microphone=()");
	assert_says(&reply,
		"content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
		"data: blob:; font-src 'self'; connect-src 'self' ws: wss:; manifest-src 'self'; frame-ancestors "
		"'none'; base-uri 'none'; form-action 'none'");
	assert_says(&reply, "x-content-type-options: nosniff");
	assert_non_null(find(&reply, "\r\ndate: "));
	assert_null(find(&reply, "no-store"));
	reply = get(site->w, "/board/?screen=2", "");
	assert_int_equal(reply.status, 200);
	assert_non_null(memmem(reply.body.data, reply.body.len, "board", 5));
	reply = get(site->w, SCRIPT, "");
	assert_int_equal(reply.status, 200);
	assert_says(&reply, "content-type: text/javascript; charset=utf-8");
	assert_says(&reply, "cache-control: public, max-age=31536000, immutable");
	assert_says(&reply, "content-length: 4000000");
	assert_true(text_equal(reply.body, (struct text){site->script, SCRIPT_BYTES}));
	reply = get(site->w, "/favicon.ico", "");
	assert_true(text_equal(reply.body, TEXT("icon")));
	reply = get(site->w, "/phone/app.webmanifest", "");
	assert_says(&reply, "content-type: application/manifest+json");
	assert_says(&reply, "cache-control: no-cache");
}

static void
nothing_else_of_the_folder_is_there(void **state)
{
	static const char *const paths[] = {"/manifest.json", "/phone/index.html", "/phone", "/phone/",
		"/board/index.html", SCRIPT ".map", SCRIPT ".gz", SCRIPT "/", "/phone/assets/", "/phone/assets",
		"/%2e%2e/etc/passwd", "/phone/assets/../../manifest.json", "/phone/..%2fmanifest.json",
		"/phone/assets/index.1a2b3c4d.j", "/healthz/"};
	struct site *site = *state;

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct reply reply = get(site->w, paths[i], "");
		if (reply.status != 404 && reply.status != 403)
			fail_msg("%s: %d", paths[i], reply.status);
		assert_non_null(find(&reply, "default-src 'none'; frame-ancestors"));
	}
}

static void
the_board_is_a_folder(void **state)
{
	struct site *site = *state;
	struct reply reply = get(site->w, "/board", "");

	assert_int_equal(reply.status, 308);
	assert_says(&reply, "location: /board/");
}

static void
the_hubs_own_pages_stay(void **state)
{
	struct site *site = *state;

	assert_true(text_equal(get(site->w, "/healthz", "").body, TEXT("serving\n")));
	assert_int_equal(get(site->w, "/privacy", "").status, 200);
	assert_int_equal(get(site->w, "/metrics", "").status, 200);
}

static struct text
read_file(const struct site *site, const char *name, char *out, size_t room)
{
	char path[512];
	FILE *in;
	size_t len;

	snprintf(path, sizeof(path), "%s/%s", site->folder, name);
	in = fopen(path, "re");
	assert_non_null(in);
	len = fread(out, 1, room, in);
	fclose(in);
	return (struct text){out, len};
}

static void
who_takes_it_gets_it_compressed(void **state)
{
	static const char *const takes[] = {"gzip", "gzip, deflate, br", "br;q=1.0, GZIP;q=0.8", "deflate,gzip ;q=1"};
	static const char *const not [] = {"br", "gzip;q=0", "gzip; q=0.0", "x-gzip", "gzipped", "identity, br"};
	struct site *site = *state;
	char header[128], room[256];
	struct text compressed = read_file(site, "board/assets/index-BX3kd9aF.css.gz", room, sizeof(room));
	struct reply reply;

	for (size_t i = 0; i < ARRAY_LEN(takes); i++) {
		snprintf(header, sizeof(header), "Accept-Encoding: %s\r\n", takes[i]);
		reply = get(site->w, NEWEST, header);
		assert_says(&reply, "content-encoding: gzip");
		assert_says(&reply, "vary: accept-encoding");
		assert_says(&reply, "content-type: text/css; charset=utf-8");
		assert_true(text_equal(reply.body, compressed));
	}
	for (size_t i = 0; i < ARRAY_LEN(not ); i++) {
		snprintf(header, sizeof(header), "Accept-Encoding: %s\r\n", not [i]);
		reply = get(site->w, NEWEST, header);
		assert_null(find(&reply, "content-encoding"));
		assert_says(&reply, "vary: accept-encoding");
		assert_says(&reply, "content-length: 79");
	}
	reply = get(site->w, "/favicon.ico", "Accept-Encoding: gzip\r\n"); /* it would only grow */
	assert_null(find(&reply, "content-encoding"));
}

static void
who_has_it_gets_none_of_it_again(void **state)
{
	struct site *site = *state;
	struct reply reply = get(site->w, "/", "");
	char etag[64], header[256];

	assert_int_equal(sscanf(find(&reply, "etag: "), "etag: %63[^\r]", etag), 1);
	for (int i = 0; i < 4; i++) {
		static const char *const forms[] = {"%s", "\"other\", %s", "%s, W/\"other\"", "*"};
		char value[128];
		const char *at = strstr(forms[i], "%s");
		snprintf(value, sizeof(value), "%.*s%s%s", at ? (int)(at - forms[i]) : (int)strlen(forms[i]), forms[i],
			at ? etag : "", at ? at + 2 : "");
		snprintf(header, sizeof(header), "If-None-Match: %s\r\n", value);
		reply = get(site->w, "/", header);
		assert_int_equal(reply.status, 304);
		assert_int_equal(reply.body.len, 0);
		assert_non_null(find(&reply, etag));
		assert_says(&reply, "cache-control: no-cache");
		assert_null(find(&reply, "content-length"));
	}
	snprintf(header, sizeof(header), "If-None-Match: %s\r\n", etag + 2); /* as a strong one */
	assert_int_equal(get(site->w, "/", header).status, 304);
	assert_int_equal(get(site->w, "/", "If-None-Match: W/\"0123456789abcdef\"\r\n").status, 200);
}

static void
head_is_what_get_says_without_the_page(void **state)
{
	struct site *site = *state;
	struct reply reply = ask_as(site->w, "HEAD " SCRIPT, "");

	assert_int_equal(reply.status, 200);
	assert_says(&reply, "content-length: 4000000");
	assert_int_equal(reply.body.len, 0);
	reply = ask_as(site->w, "HEAD /healthz", "");
	assert_says(&reply, "content-length: 8");
	assert_int_equal(reply.body.len, 0);
}

/* Whatever comes behind a head would be another request to us, and none to a proxy in front. */
static void
one_request_has_one_answer(void **state)
{
	static const struct {
		const char *request, *headers;
		int status;
	} cases[] = {
		{"POST /", "Content-Length: 38\r\n", 405},
		{"PUT " SCRIPT, "Content-Length: 38\r\n", 405},
		{"GET /", "Content-Length: 38\r\n", 400},
		{"GET " SCRIPT, "Content-Length: 38\r\n", 400},
		{"GET /", "Content-Length: 038\r\n", 400},
		{"GET /", "Transfer-Encoding: chunked\r\n", 400},
		{"GET /", "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", 400},
	};
	struct site *site = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char head[512];
		struct socket peer;
		struct text all;
		struct reply reply;
		snprintf(head, sizeof(head),
			"%s HTTP/1.1\r\nHost: localhost\r\n%s\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
			cases[i].request, cases[i].headers);
		socket_open(&peer, site->w->address, 0);
		socket_write(&peer, head, strlen(head));
		all = socket_read_all(&peer); /* it is hung up on */
		reply = split(all);
		assert_int_equal(reply.status, cases[i].status);
		assert_says(&reply, "connection: close");
		assert_null(memmem(reply.body.data, reply.body.len, "HTTP/1.1", 8));
		socket_close(&peer);
	}
}

/* Reads one answer with that many bytes behind its head; the connection stays. */
static void
read_answer(struct socket *peer, int status, const char *path, const char *expected, size_t len)
{
	char request[256];
	struct socket *s = peer;

	snprintf(request, sizeof(request), "GET %s", path);
	assert_int_equal(socket_http(s, request, ""), status);
	socket_read_at_least(s, len);
	assert_memory_equal(s->in.bytes, expected, len);
	assert_int_equal(s->in.len, len);
	s->in.len = 0;
}

/* A proxy keeps its connections, and gives one that has served pages to a WebSocket. */
static void
a_connection_is_used_again_and_becomes_a_session(void **state)
{
	struct site *site = *state;
	struct socket peer;

	socket_open(&peer, site->w->address, 0);
	for (int i = 0; i < 3; i++) {
		read_answer(&peer, 200, "/", INDEX, strlen(INDEX));
		read_answer(&peer, 200, SCRIPT, site->script, SCRIPT_BYTES);
		read_answer(&peer, 404, "/nowhere", "nothing here\n", 13);
		read_answer(&peer, 200, "/healthz", "serving\n", 8);
	}
	assert_int_equal(socket_shake(&peer, WS_UPGRADE WS_SUBPROTOCOL), 101);
	socket_send_frame(&peer, WS_PING, "here", 4);
	assert_true(text_equal(socket_read_frame(&peer), TEXT("here")));
	socket_close(&peer);
}

static void
begin_to_read(const struct site *site, struct socket *peer)
{
	socket_open(peer, site->w->address, 4096);
	assert_int_equal(socket_http(peer, "GET " SCRIPT, ""), 200);
}

static void
a_slow_reader_gets_all_of_it_and_holds_nobody_up(void **state)
{
	struct site *site = *state;
	struct socket slow[20];

	for (size_t i = 0; i < ARRAY_LEN(slow); i++)
		begin_to_read(site, &slow[i]);
	assert_int_equal(metric(site->w, "pages_slow"), ARRAY_LEN(slow));
	for (int i = 0; i < 100; i++)
		assert_int_equal(get(site->w, "/", "").status, 200);
	for (size_t i = 0; i < ARRAY_LEN(slow); i++) {
		socket_read_at_least(&slow[i], SCRIPT_BYTES);
		assert_memory_equal(slow[i].in.bytes, site->script, SCRIPT_BYTES);
		slow[i].in.len = 0;
		read_answer(&slow[i], 200, "/healthz", "serving\n", 8); /* it is as good as new */
		socket_close(&slow[i]);
	}
	assert_int_equal(metric(site->w, "pages_slow"), 0);
}

/* The hub does not read while it answers, and must not go round and round for what it does not read. */
static void
who_does_not_wait_for_his_answer_is_hung_up_on(void **state)
{
	static const char *const more[] = {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n", NULL};
	struct site *site = *state;
	struct socket peer;

	for (size_t i = 0; i < ARRAY_LEN(more); i++) {
		begin_to_read(site, &peer);
		assert_int_equal(metric(site->w, "pages_slow"), 1);
		if (more[i])
			socket_write(&peer, more[i], strlen(more[i]));
		else
			socket_end(&peer);
		wait_until(site->w, metric(site->w, "pages_slow") == 0, "it to be hung up on");
		assert_true(socket_read_all(&peer).len < SCRIPT_BYTES);
		socket_close(&peer);
	}
}

static void
who_goes_is_forgotten(void **state)
{
	struct site *site = *state;
	struct socket peer;

	begin_to_read(site, &peer);
	assert_int_equal(metric(site->w, "pages_slow"), 1);
	socket_close(&peer);
	wait_until(site->w, metric(site->w, "pages_slow") == 0, "it to be forgotten");
}

/* While one reads, the hub can end: it takes no longer than it would. */
static void
a_slow_reader_does_not_hold_up_the_end(void **state)
{
	struct site *site = *state;
	struct socket peer;

	begin_to_read(site, &peer);
	hub_again(site->w, SIGTERM);
	assert_true(socket_read_all(&peer).len < SCRIPT_BYTES);
	socket_close(&peer);
}

/* Whoever adds such a file hears of it, and not who looks for it in vain. */
static void
what_cannot_be_listed_is_named(void **state)
{
	static struct site built;
	struct ended ended;

	(void)state;
	build(&built);
	put_text(&built, "phone/film.mov", "");
	ended = list_pages(&built);
	assert_ended(&ended, 1, "manifest: phone/film.mov: no type is known for '.mov'");
	folder_remove(built.folder);
	free(built.script);
	build(&built);
	put_text(&built, "board/a b.js", "");
	ended = list_pages(&built);
	assert_ended(&ended, 1, "manifest: board/a b.js: only letters, digits");
	folder_remove(built.folder);
	free(built.script);
	folder_make(built.folder, sizeof(built.folder), "www");
	ended = list_pages(&built);
	assert_ended(&ended, 1, "neither phone nor board is there; build them first");
	folder_remove(built.folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_asked_for_each_time_and_their_parts_never_again),
		cmocka_unit_test(nothing_else_of_the_folder_is_there),
		cmocka_unit_test(the_board_is_a_folder),
		cmocka_unit_test(the_hubs_own_pages_stay),
		cmocka_unit_test(who_takes_it_gets_it_compressed),
		cmocka_unit_test(who_has_it_gets_none_of_it_again),
		cmocka_unit_test(head_is_what_get_says_without_the_page),
		cmocka_unit_test(one_request_has_one_answer),
		cmocka_unit_test(a_connection_is_used_again_and_becomes_a_session),
		cmocka_unit_test(a_slow_reader_gets_all_of_it_and_holds_nobody_up),
		cmocka_unit_test(who_does_not_wait_for_his_answer_is_hung_up_on),
		cmocka_unit_test(who_goes_is_forgotten),
		cmocka_unit_test(a_slow_reader_does_not_hold_up_the_end),
		cmocka_unit_test(what_cannot_be_listed_is_named),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
