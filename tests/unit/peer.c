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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_reads_back_as_it_counts),
		cmocka_unit_test(subscriber_is_one_and_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
