/* secrecy.c - the search that all that is logged goes through finds what it is to find, and nothing else. */
#include "secrecy.h"

#include <string.h>

#include "unit.h"

static void
assert_found(enum secrecy kind, const char *text, const char *what)
{
	size_t at;
	const char *found = secrecy_find(kind, text, strlen(text), &at);

	if (what ? !found || strcmp(found, what) != 0 : found != NULL)
		fail_msg("'%s': found %s, wanted %s", text, found ? found : "nothing", what ? what : "nothing");
}

static void
secrets_are_found_wherever_they_stand(void **state)
{
	static const char *const cases[][2] = {
		{"3.77.1.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI", "a token"},
		{"event=login token=3.77.1.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI ms=3", "a token"},
		{"/#/invite/15.4242.12.-_h0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI\"", "a token"},
		{"13800138000", "a mobile number"},
		{"$11\r\n19900000001\r\n", "a mobile number"},
		{"+8613800138000", "a mobile number"},
		{"000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F", "a key"},
		{"event=said text=发放", "a text"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_found(SECRECY_LOG, cases[i][0], cases[i][1]);
}

static void
what_only_looks_like_them_is_not(void **state)
{
	static const char *const cases[] = {
		"level=info at=hub event=ready listen=127.0.0.1:7412 places=8000 members=100000 calls=3 ms=12",
		"time=2026-04-12T19:00:00.123Z",
		"1775991600123", /* milliseconds */
		"12800138000",   /* no mobile number begins so */
		"138001380001",  /* of twelve digits */
		"138****8000",   /* masked */
		"af13800138000", /* in a hash */
		"13800138000f",
		("at=store event=library_loaded "
		 "hash=000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F"),
		"free=13800138000" /* bytes */,
		"3.77.1.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7Rz",
		"v3.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI",
		"hash=000102030405060708090a0b0c0d0e0f10111213",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_found(SECRECY_LOG, cases[i], NULL);
}

/* Redis' files hold hashes, and what people wrote. */
static void
data_may_hold_hashes_and_texts_and_nothing_that_is_remembered(void **state)
{
	static const char secret[] = "0f0e0d0c0b0a090807060504030201000f0e0d0c0b0a09080706050403020100";

	(void)state;
	assert_found(SECRECY_DATA, secret, NULL);
	assert_found(SECRECY_DATA, "发放抗原试剂", NULL);
	assert_found(SECRECY_DATA, "13800138000", "a mobile number");
	assert_found(SECRECY_DATA,
		"\x8b"
		"13800138000\x0c",
		"a mobile number"); /* as Redis packs it */
	assert_found(SECRECY_DATA, "3.77.1.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI", "a token");
	assert_found(SECRECY_SAID, "发放抗原试剂", NULL);
	assert_found(SECRECY_SAID, secret, "a key");
	secrecy_remember(secret, strlen(secret));
	assert_found(SECRECY_DATA, "x0f0e0d0c0b0a090807060504030201000f0e0d0c0b0a09080706050403020100y",
		"a secret that was handed out");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_are_found_wherever_they_stand),
		cmocka_unit_test(what_only_looks_like_them_is_not),
		cmocka_unit_test(data_may_hold_hashes_and_texts_and_nothing_that_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
