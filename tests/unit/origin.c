/* origin.c - whose pages may open a session. */
#include "origin.h"

#include "unit.h"

static void
origin_is_read_with_the_port_of_its_scheme(void **state)
{
	static const struct {
		const char *text;
		bool is_secure;
		const char *host;
		unsigned port;
	} cases[] = {
		{"https://board.example.cn", true, "board.example.cn", 443},
		{"http://board.example.cn", false, "board.example.cn", 80},
		{"HTTPS://Board.Example.cn:8443", true, "Board.Example.cn", 8443},
		{"http://127.0.0.1:5173", false, "127.0.0.1", 5173},
		{"https://[2001:db8::1]", true, "[2001:db8::1]", 443},
		{"https://[2001:db8::1]:8443", true, "[2001:db8::1]", 8443},
		{"https://xn--fiqs8s.example", true, "xn--fiqs8s.example", 443},
	};
	struct origin origin;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_true(origin_parse(&origin, text_of(cases[i].text)));
		assert_int_equal(origin.is_secure, cases[i].is_secure);
		assert_true(text_equal(origin.host, text_of(cases[i].host)));
		assert_int_equal(origin.port, cases[i].port);
	}
}

static void
what_is_no_origin_is_refused(void **state)
{
	static const char *const bad[] = {"", "null", "board.example.cn", "https://", "https:///", "https://:443",
		"ws://board.example.cn", "file://", "https://board.example.cn/", "https://board.example.cn/path",
		"https://user@board.example.cn", "https://board.example.cn:", "https://board.example.cn:65536",
		"https://board.example.cn:443:1", "https://[::1", "https://::1]", "https://[]", "https://a b",
		"https://a.cn,https://b.cn", "https://a.cn\r\n", "https://*.example.cn", "https://例子.cn"};
	struct origin origin;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (origin_parse(&origin, text_of(bad[i])))
			fail_msg("'%s' was taken for an origin", bad[i]);
}

static void
list_is_good_if_all_of_it_is(void **state)
{
	(void)state;
	assert_true(origins_are_good(""));
	assert_true(origins_are_good("  "));
	assert_true(origins_are_good("https://a.cn  http://b.cn:81 "));
	assert_false(origins_are_good("https://a.cn b.cn"));
	assert_false(origins_are_good("https://a.cn,https://b.cn"));
}

static void
assert_allowed(bool allowed, const char *origin, const char *host, const char *origins, bool dev)
{
	if (origin_is_allowed(text_of(origin), text_of(host), origins, dev) != allowed)
		fail_msg("'%s' at '%s' with '%s'%s", origin, host, origins, dev ? " and dev" : "");
}

static void
without_a_list_it_is_the_host_asked_for(void **state)
{
	(void)state;
	assert_allowed(true, "https://grid.example.cn", "grid.example.cn", "", false);
	assert_allowed(true, "https://Grid.example.cn", "grid.EXAMPLE.cn", "", false);
	assert_allowed(true, "https://grid.example.cn", "grid.example.cn:443", "", false);
	assert_allowed(true, "https://grid.example.cn:8443", "grid.example.cn:8443", "", false);
	assert_allowed(true, "https://[2001:db8::1]:8443", "[2001:db8::1]:8443", "", false);
	assert_allowed(true, "http://127.0.0.1:7412", "127.0.0.1:7412", "", false);
	assert_allowed(false, "https://grid.example.cn", "grid.example.cn:8443", "", false);
	assert_allowed(false, "https://grid.example.cn:8443", "grid.example.cn", "", false);
	assert_allowed(false, "https://evil.example", "grid.example.cn", "", false);
	assert_allowed(false, "https://grid.example.cn.evil.example", "grid.example.cn", "", false);
	assert_allowed(false, "https://evilgrid.example.cn", "grid.example.cn", "", false);
	assert_allowed(false, "https://grid.example.cn", "", "", false);
	assert_allowed(false, "http://127.0.0.1:5173", "127.0.0.1:7412", "", false);
	assert_allowed(false, "null", "grid.example.cn", "", false);
	assert_allowed(false, "", "grid.example.cn", "", false);
}

static void
with_a_list_it_is_those_and_no_others(void **state)
{
	static const char list[] = "https://board.example.cn https://m.example.cn:8443";

	(void)state;
	assert_allowed(true, "https://board.example.cn", "grid.example.cn", list, false);
	assert_allowed(true, "https://board.example.cn:443", "grid.example.cn", list, false);
	assert_allowed(true, "https://m.example.cn:8443", "grid.example.cn", list, false);
	assert_allowed(false, "http://board.example.cn", "grid.example.cn", list, false);
	assert_allowed(false, "https://m.example.cn", "grid.example.cn", list, false);
	assert_allowed(false, "https://grid.example.cn", "grid.example.cn", list, false);
}

static void
runtime_of_wechat_may_always(void **state)
{
	(void)state;
	assert_allowed(true, "https://servicewechat.com", "grid.example.cn", "", false);
	assert_allowed(true, "https://servicewechat.com", "grid.example.cn", "https://board.example.cn", false);
	assert_allowed(false, "http://servicewechat.com", "grid.example.cn", "", false);
	assert_allowed(false, "https://servicewechat.com.evil.example", "grid.example.cn", "", false);
}

/* Also not those of a host of a stranger's that points to this machine. */
static void
for_development_pages_of_this_machine_may(void **state)
{
	(void)state;
	assert_allowed(true, "http://localhost:5173", "127.0.0.1:7412", "", true);
	assert_allowed(true, "http://127.0.0.1:5173", "127.0.0.1:7412", "", true);
	assert_allowed(true, "http://127.1.2.3", "127.0.0.1:7412", "", true);
	assert_allowed(true, "http://[::1]:5173", "[::1]:7412", "", true);
	assert_allowed(true, "https://board.example.cn", "127.0.0.1:7412", "https://board.example.cn", true);
	assert_allowed(false, "http://evil.example:7412", "evil.example:7412", "", true);
	assert_allowed(false, "http://127.0.0.1.evil.example", "127.0.0.1:7412", "", true);
	assert_allowed(false, "http://127.0.0.1.5", "127.0.0.1:7412", "", true);
	assert_allowed(false, "http://localhost.evil.example", "127.0.0.1:7412", "", true);
	assert_allowed(false, "null", "127.0.0.1:7412", "", true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(origin_is_read_with_the_port_of_its_scheme),
		cmocka_unit_test(what_is_no_origin_is_refused),
		cmocka_unit_test(list_is_good_if_all_of_it_is),
		cmocka_unit_test(without_a_list_it_is_the_host_asked_for),
		cmocka_unit_test(with_a_list_it_is_those_and_no_others),
		cmocka_unit_test(runtime_of_wechat_may_always),
		cmocka_unit_test(for_development_pages_of_this_machine_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
