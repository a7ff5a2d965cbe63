/* peer.c - where somebody comes from, as a number and as text. */
#include "peer.h"

#include "unit.h"

static void
address_reads_back_as_it_counts(void **state)
{
	static const struct {
		const char *address, *text;
	} cases[] = {
		{"192.0.2.7", "192.0.2.7"},
		{"::ffff:192.0.2.7", "192.0.2.7"},
		{"0.0.0.1", "0.0.0.1"},
		{"255.255.255.255", "255.255.255.255"},
		{"2001:db8::1", "2001:db8::/64"},
		{"2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"},
		{"fd00:1:2:3::9", "fd00:1:2:3::/64"},
		{"::1", "::/64"},
		{"nowhere", "::/64"},
	};
	char out[PEER_TEXT];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(peer_print(out, peer_key(cases[i].address)), cases[i].text);
}

static void
subscriber_is_one_and_no_other(void **state)
{
	(void)state;
	assert_true(peer_key("2001:db8::1") == peer_key("2001:db8::ffff:1"));
	assert_true(peer_key("2001:db8::1") != peer_key("2001:db8:0:1::1"));
	assert_true(peer_key("2001:db8::1") != peer_key("32.1.13.184")); /* the same four bytes */
	assert_true(peer_key("192.0.2.7") != peer_key("192.0.2.8"));
}

static void
loopback_is_known_however_it_is_written(void **state)
{
	static const char *const loopback[] = {
		"127.0.0.1", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"};
	static const char *const others[] = {"", "nowhere", "128.0.0.1", "192.168.1.7", "::", "::2", "::ffff:128.0.0.1",
		"2001:db8::1", "127.0.0.1.5", "127"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(loopback); i++)
		assert_true(peer_is_loopback(loopback[i]));
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_false(peer_is_loopback(others[i]));
}

static void
address_is_found_in_a_list_however_it_is_written(void **state)
{
	static const char list[] = " 10.0.0.1  2001:db8::1 ::1 ";

	(void)state;
	assert_true(peer_is_listed(list, "10.0.0.1"));
	assert_true(peer_is_listed(list, "::ffff:10.0.0.1"));
	assert_true(peer_is_listed("::ffff:10.0.0.1", "10.0.0.1"));
	assert_true(peer_is_listed(list, "2001:DB8:0::1"));
	assert_true(peer_is_listed(list, "0:0:0:0:0:0:0:1"));
	assert_false(peer_is_listed(list, "10.0.0.10"));
	assert_false(peer_is_listed(list, "10.0.0"));
	assert_false(peer_is_listed(list, "2001:db8::2"));
	assert_false(peer_is_listed(list, ""));
	assert_false(peer_is_listed("", "10.0.0.1"));
	assert_false(peer_is_listed("nowhere", "nowhere"));
}

static void
list_is_good_if_all_of_it_are_addresses(void **state)
{
	(void)state;
	assert_true(peers_are_good(""));
	assert_true(peers_are_good("10.0.0.1 2001:db8::1"));
	assert_false(peers_are_good("10.0.0.1,10.0.0.2"));
	assert_false(peers_are_good("10.0.0.0/8"));
	assert_false(peers_are_good("10.0.0.1 proxy.example.cn"));
	assert_false(peers_are_good("10.0.0.1 2001:0db8:0000:0000:0000:0000:0000:0001:0000:0000:0000:0000"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_reads_back_as_it_counts),
		cmocka_unit_test(subscriber_is_one_and_no_other),
		cmocka_unit_test(loopback_is_known_however_it_is_written),
		cmocka_unit_test(address_is_found_in_a_list_however_it_is_written),
		cmocka_unit_test(list_is_good_if_all_of_it_are_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
