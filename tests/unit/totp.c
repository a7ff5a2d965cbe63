/* totp.c - codes by the time, as RFC 6238 has them. */
#include <sodium.h>
#include <string.h>

#include "totp.h"
#include "unit.h"

static const uint8_t secret[TOTP_SECRET] = "12345678901234567890"; /* of the RFC, which is just as long */

/* Appendix B, for SHA-1; of its eight digits the last six. */
static void
codes_are_those_of_the_rfc(void **state)
{
	static const struct {
		uint64_t s;
		const char *code;
	} rows[] = {{59, "287082"}, {1111111109, "081804"}, {1111111111, "050471"}, {1234567890, "005924"},
		{2000000000, "279037"}, {20000000000, "353130"}};
	char code[TOTP_DIGITS + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_string_equal(totp_code(code, secret, totp_step(rows[i].s * 1000)), rows[i].code);
}

static void
code_is_good_a_step_before_and_after(void **state)
{
	uint64_t now_ms = 1111111109000, step = 0;

	(void)state;
	for (int i = -1; i <= 1; i++) {
		assert_true(totp_judge(&step, secret, TEXT("081804"), now_ms + (uint64_t)(i * 30000)));
		assert_int_equal(step, totp_step(now_ms));
	}
	assert_false(totp_judge(&step, secret, TEXT("081804"), now_ms + 60000));
	assert_false(totp_judge(&step, secret, TEXT("081804"), now_ms - 60000));
	assert_false(totp_judge(&step, secret, TEXT("081805"), now_ms));
	assert_false(totp_judge(&step, secret, TEXT("81804"), now_ms));
	assert_false(totp_judge(&step, secret, TEXT("0818041"), now_ms));
	assert_false(totp_judge(&step, secret, TEXT(""), now_ms));
}

static void
secret_is_typed_in_base32(void **state)
{
	char text[TOTP_TEXT];
	uint8_t again[TOTP_SECRET];

	(void)state;
	assert_string_equal(totp_print(text, secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
	assert_true(totp_parse(again, text_of(text)));
	assert_memory_equal(again, secret, sizeof(again));
	assert_false(totp_parse(again, TEXT("GEZDGNBVGY3TQOJQ")));                 /* too short */
	assert_false(totp_parse(again, TEXT("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1"))); /* no such letter */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_those_of_the_rfc),
		cmocka_unit_test(code_is_good_a_step_before_and_after),
		cmocka_unit_test(secret_is_typed_in_base32),
	};

	return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
