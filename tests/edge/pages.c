/* pages.c - what a browser is told about all the hub sends: pages, errors, refusals. */
#include <stdio.h>
#include <string.h>

#include "socket.h"
#include "worlds.h"

/* The head of the answer, and what is behind it, as long as the connection lasts. */
static void
get(struct world *w, const char *request, const char *headers, char *out, size_t room)
{
	char head[1024];
	struct socket peer;
	struct text all;

	snprintf(head, sizeof(head), "%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n", request, headers);
	socket_open(&peer, w->address, 0);
	socket_write(&peer, head, strlen(head));
	all = socket_read_all(&peer);
	snprintf(out, room, "%.*s", (int)all.len, all.data);
	socket_close(&peer);
}

static void
assert_answer(struct world *w, const char *request, const char *headers, int status)
{
	static const char *const told[] = {
		("content-security-policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
		 "form-action 'none'\r\n"),
		"x-content-type-options: nosniff\r\n",
		"referrer-policy: no-referrer\r\n",
		"cross-origin-opener-policy: same-origin\r\n",
		"cross-origin-resource-policy: same-origin\r\n",
		"permissions-policy: camera=(), geolocation=(), microphone=()\r\n",
		"cache-control: no-store\r\n",
	};
	char said[16384], first[32];

	get(w, request, headers, said, sizeof(said));
	snprintf(first, sizeof(first), " %d ", status);
	if (strncmp(said + strlen("HTTP/1.1"), first, strlen(first)) != 0)
		fail_msg("%s: wanted %d: %s", request, status, said);
	for (size_t i = 0; i < ARRAY_LEN(told); i++) {
		const char *at = strstr(said, told[i]), *end = strstr(said, "\r\n\r\n");
		if (!at || at > end)
			fail_msg("%s: no '%s' in: %s", request, told[i], said);
		if (strstr(at + 1, told[i]))
			fail_msg("%s: '%s' twice", request, told[i]);
	}
	assert_null(strstr(said, "strict-transport-security")); /* that is for whoever ends TLS to say */
	assert_null(strstr(said, "server:"));
}

static void
every_answer_tells_browsers_to_be_strict(void **state)
{
	static const struct {
		const char *request, *headers;
		int status;
	} cases[] = {
		{"GET /", "", 200},
		{"GET /healthz", "", 200},
		{"GET /metrics", "", 200},
		{"GET /metrics", "X-Forwarded-For: 192.0.2.7\r\n", 404},
		{"GET /nowhere", "", 404},
		{"GET /../etc/passwd", "", 404},
		{"GET /%zz", "", 403}, /* libwebsockets' own */
		{"GET /?a=b", "", 200},
		{"HEAD /", "", 200},
		{"GET /", "Content-Length: 0\r\n", 200},
		{"GET /", "Content-Length: 5\r\n", 400},
		{"GET /", "Transfer-Encoding: chunked\r\n", 400},
		{"POST /", "Content-Length: 0\r\n", 405},
		{"DELETE /", "", 405},
		{"GET /", WS_UPGRADE, 400},
		{"GET /", WS_UPGRADE WS_SUBPROTOCOL "Origin: https://evil.example\r\n", 403},
		{"GET /", WS_UPGRADE WS_SUBPROTOCOL "Via: 1.1 proxy\r\n", 403},
		{"GET /", "Upgrade: websocket\r\nConnection: Upgrade\r\n" WS_SUBPROTOCOL, 400},
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_answer(w, cases[i].request, cases[i].headers, cases[i].status);
}

static void
without_pages_the_front_says_what_this_is_in_both_languages(void **state)
{
	struct world *w = *state;
	char said[16384];

	get(w, "GET /", "", said, sizeof(said));
	assert_non_null(strstr(said, "content-type: text/html; charset=utf-8\r\n"));
	assert_non_null(strstr(said, "网格先锋队"));
	assert_non_null(strstr(said, "Grid Vanguard"));
	assert_non_null(strstr(said, "without its pages"));
	assert_null(strstr(said, "<script"));
	assert_null(strstr(said, "style"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(every_answer_tells_browsers_to_be_strict),
		shared(without_pages_the_front_says_what_this_is_in_both_languages),
	};

	return run_in_worlds(tests);
}
