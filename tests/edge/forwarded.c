/* forwarded.c - where somebody comes from: a named proxy is believed, and nobody else; and what it costs him. */
#include <stdio.h>

#include "socket.h"
#include "worlds.h"

#define SAVED 50 /* of one point a second */

/* From an address of this machine, with the header. */
static int
shake(struct world *w, const char *from, const char *forwarded)
{
	char headers[512];
	struct socket peer;
	int status;

	snprintf(headers, sizeof(headers), WS_UPGRADE WS_SUBPROTOCOL "%s", forwarded);
	socket_open_from(&peer, w->address, from);
	status = socket_shake(&peer, headers);
	socket_close(&peer);
	return status;
}

static void
use_up(struct world *w, const char *from, const char *forwarded)
{
	unsigned let_in = 0;

	while (shake(w, from, forwarded) == 101)
		let_in++;
	assert_in_range(let_in, SAVED, SAVED + 10); /* one more for each second it takes */
}

static struct world *
behind(const char *proxies)
{
	static const char *flags[] = {"--dev=no", "--address-budget", "1", "--trusted-proxy", NULL, NULL};

	flags[4] = proxies;
	return world_open_empty(flags);
}

/* Each who comes through it has a budget of his own. */
static void
named_proxy_is_believed(void **state)
{
	struct world *w = behind("127.0.0.2 2001:db8::1");

	(void)state;
	use_up(w, "127.0.0.2", "X-Forwarded-For: 192.0.2.7\r\n");
	assert_int_equal(shake(w, "127.0.0.2", "X-Forwarded-For: 192.0.2.8\r\n"), 101);
	assert_int_equal(shake(w, "127.0.0.2", "X-Forwarded-For: 2001:db8::7\r\n"), 101);
	assert_int_equal(metric(w, "handshakes_refused_total{reason=\"budget\"}"), 1);
	world_close(w);
}

/* What a client wrote into the header stands before what the proxy adds to it. */
static void
last_address_is_the_one_the_proxy_wrote(void **state)
{
	struct world *w = behind("127.0.0.2");

	(void)state;
	use_up(w, "127.0.0.2", "X-Forwarded-For: 198.51.100.1, 192.0.2.7\r\n");
	assert_int_equal(shake(w, "127.0.0.2", "X-Forwarded-For: 198.51.100.2,192.0.2.7\r\n"), 429);
	assert_int_equal(shake(w, "127.0.0.2", "X-Forwarded-For: 198.51.100.3\r\nX-Forwarded-For: 192.0.2.7\r\n"), 429);
	assert_int_equal(shake(w, "127.0.0.2", "X-Forwarded-For: 198.51.100.1\r\n"), 101);
	world_close(w);
}

/* Whatever it says, it is one and the same. */
static void
nobody_else_is_believed(void **state)
{
	struct world *w = behind("127.0.0.2");

	(void)state;
	use_up(w, "127.0.0.3", "X-Forwarded-For: 192.0.2.7\r\n");
	assert_int_equal(shake(w, "127.0.0.3", "X-Forwarded-For: 192.0.2.8\r\n"), 429);
	assert_int_equal(shake(w, "127.0.0.3", "Forwarded: for=192.0.2.9\r\n"), 429);
	assert_int_equal(shake(w, "127.0.0.3", "X-Real-IP: 192.0.2.9\r\n"), 429);
	assert_int_equal(shake(w, "127.0.0.2", "X-Forwarded-For: 192.0.2.7\r\n"), 101);
	world_close(w);
}

static int
read_page(struct world *w, const char *page, const char *headers)
{
	char request[64];
	struct socket peer;
	int status;

	snprintf(request, sizeof(request), "GET %s", page);
	socket_open_from(&peer, w->address, "127.0.0.2");
	status = socket_http(&peer, request, headers);
	socket_close(&peer);
	return status;
}

/* But for what this machine looks after the hub with. */
static void
pages_count_as_connections_do(void **state)
{
	static const char *const from = "X-Forwarded-For: 192.0.2.7\r\n";
	struct world *w = behind("127.0.0.2");
	unsigned read = 0;

	(void)state;
	while (read <= 2 * SAVED && read_page(w, "/privacy", from) == 200)
		read++;
	assert_in_range(read, SAVED, SAVED + 10);
	assert_int_equal(read_page(w, "/privacy", from), 429);
	assert_int_equal(shake(w, "127.0.0.2", from), 429);
	assert_int_equal(metric(w, "pages_refused_total"), 2);
	assert_int_equal(read_page(w, "/privacy", "X-Forwarded-For: 192.0.2.8\r\n"), 200);
	for (unsigned i = 0; i < 2 * SAVED; i++)
		assert_int_equal(read_page(w, "/healthz", ""), 200);
	world_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(named_proxy_is_believed),
		cmocka_unit_test(last_address_is_the_one_the_proxy_wrote),
		cmocka_unit_test(nobody_else_is_believed),
		cmocka_unit_test(pages_count_as_connections_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
