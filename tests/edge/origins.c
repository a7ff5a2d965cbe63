/* origins.c - whose pages may open a session from within a browser. */
#include <stdio.h>
#include <string.h>

#include "socket.h"
#include "worlds.h"

static int
shake(struct world *w, const char *host, const char *origin)
{
	char headers[512];
	struct socket peer;
	int status;

	snprintf(headers, sizeof(headers), "GET / HTTP/1.1\r\nHost: %s\r\n" WS_UPGRADE WS_SUBPROTOCOL "%s%s%s\r\n",
		host, origin ? "Origin: " : "", origin ? origin : "", origin ? "\r\n" : "");
	socket_open(&peer, w->address, 0);
	socket_write(&peer, headers, strlen(headers));
	status = socket_status(&peer);
	socket_close(&peer);
	return status;
}

static void
page_of_another_host_gets_403_and_is_counted(void **state)
{
	struct world *w = world_open_empty((const char *const[]){"--dev=no", NULL});
	char own[96];

	(void)state;
	snprintf(own, sizeof(own), "http://%s", w->address);
	assert_int_equal(shake(w, w->address, NULL), 101); /* no browser */
	assert_int_equal(shake(w, w->address, own), 101);
	assert_int_equal(shake(w, "grid.example.cn", "https://grid.example.cn"), 101);
	assert_int_equal(shake(w, w->address, "https://servicewechat.com"), 101);
	assert_int_equal(metric(w, "handshakes_refused_total{reason=\"origin\"}"), 0);
	assert_int_equal(shake(w, w->address, "https://evil.example"), 403);
	assert_int_equal(shake(w, w->address, "null"), 403);
	assert_int_equal(shake(w, "grid.example.cn", "https://grid.example.cn:8443"), 403);
	assert_int_equal(metric(w, "handshakes_refused_total{reason=\"origin\"}"), 3);
	world_close(w);
}

static void
listed_ones_may_and_no_others(void **state)
{
	struct world *w =
		world_open_empty((const char *const[]){"--dev=no", "--origins", "https://board.example.cn", NULL});

	(void)state;
	assert_int_equal(shake(w, "grid.example.cn", "https://board.example.cn"), 101);
	assert_int_equal(shake(w, "grid.example.cn", "https://grid.example.cn"), 403);
	assert_int_equal(shake(w, "grid.example.cn", NULL), 101);
	world_close(w);
}

/* A page that is being worked on comes from another port; one of a stranger's host that points to this machine does not. */
static void
for_development_pages_of_this_machine_may(void **state)
{
	struct world *w = world_open_empty(NULL);

	(void)state;
	assert_int_equal(shake(w, w->address, "http://localhost:5173"), 101);
	assert_int_equal(shake(w, w->address, "http://[::1]:5173"), 101);
	assert_int_equal(shake(w, "evil.example", "http://evil.example"), 403);
	world_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_of_another_host_gets_403_and_is_counted),
		cmocka_unit_test(listed_ones_may_and_no_others),
		cmocka_unit_test(for_development_pages_of_this_machine_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
