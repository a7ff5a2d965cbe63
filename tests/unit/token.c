/* token.c - what a device shows to be let in again. */
#include <sodium.h>

#include "token.h"
#include "unit.h"

static void
token_reads_back_with_the_hash_of_its_secret(void **state)
{
	char secret[TOKEN_SECRET], hash[TOKEN_HASH], text[TOKEN_TEXT_MAX];
	struct token token;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		token_make(secret, hash);
		assert_int_equal(strlen(secret), TOKEN_SECRET - 1);
		token_print(text, id_of("3.77"), 2, secret);
		assert_true(token_parse(&token, text_of(text)));
		assert_true(id_equal(token.person, id_of("3.77")));
		assert_int_equal(token.device, 2);
		assert_string_equal(token.hash, hash);
	}
	token_wipe(secret);
	for (size_t i = 0; i < sizeof(secret); i++)
		assert_int_equal(secret[i], 0);
}

/* python3: hashlib.blake2b(b"kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI", digest_size=32). Devices stay logged in over
 * an upgrade, so it may not change. */
static void
hash_is_blake2b(void **state)
{
	struct token token;

	(void)state;
	assert_true(token_parse(
		&token, TEXT("15.9007199254740991.4294967295.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI")));
	assert_string_equal(token.hash, "d621767f2d05769f8185232ed6ce4e061cd50b68f38f132cdbe22d8ae5a16cfa");
	assert_int_equal(token.device, 4294967295);
}

static void
no_two_are_alike(void **state)
{
	char secrets[64][TOKEN_SECRET], hash[TOKEN_HASH];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
		token_make(secrets[i], hash);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(secrets[i], secrets[j]);
	}
}

static void
what_cannot_be_one_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		".",
		"...",
		"3.77",
		"3.77.2",
		"3.77.2.",
		"3.77.2.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7Rz",
		"3.77.2.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzIx",
		"3.77.0.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI",
		"3.77.4294967296.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI",
		"3.77.02.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI",
		"16.77.2.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI",
		"3.0.2.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI",
		".3.77.2.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI",
		" 3.77.2.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI",
	};
	struct token token;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_false(token_parse(&token, text_of(texts[i])));
}

static int
start_sodium(void **state)
{
	(void)state;
	return sodium_init() < 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(token_reads_back_with_the_hash_of_its_secret),
		cmocka_unit_test(hash_is_blake2b),
		cmocka_unit_test(no_two_are_alike),
		cmocka_unit_test(what_cannot_be_one_is_refused),
	};

	return cmocka_run_group_tests(tests, start_sodium, NULL);
}
