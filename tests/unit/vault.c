/* vault.c - phones under lock and key. */
#include <sodium.h>
#include <stdlib.h>

#include "unit.h"
#include "vault.h"

static const struct phone an = {"13800000000"}, bo = {"13900000001"};

/* Another key for each number. */
static struct vault *
vault_of(uint8_t number)
{
	uint8_t key[VAULT_KEY] = {number};
	struct vault *vault = vault_create(key);

	assert_non_null(vault);
	return vault;
}

static const char *
hash_of(const struct vault *vault, struct phone phone)
{
	static char texts[4][PHONE_HASH_TEXT];
	static unsigned next;
	struct phone_hash hash = vault_hash(vault, phone);

	return phone_hash_print(texts[next++ % 4], &hash);
}

/* What stands in somebody's Redis was made by these: another value is another phone. */
static void
hashes_and_checks_are_for_ever(void **state)
{
	struct vault *vault = vault_of(7);
	char check[VAULT_CHECK];
	uint8_t digest[16] = {1, 2, 3};

	(void)state;
	assert_string_equal(hash_of(vault, an), "67c0e54e9949897bcaa07036df8fdf55");
	assert_string_equal(hash_of(vault, bo), "989f56fb7c862ac38391397281b6bf20");
	assert_string_equal(vault_check(vault, check), "0e256c293eb31b23eaf3e5a0b34ca503");
	vault_blind(vault, digest);
	assert_int_equal(digest[0], 0x06);
	assert_int_equal(digest[15], 0xa1);
	vault_destroy(vault);
}

static void
hash_depends_on_the_phone_and_the_key(void **state)
{
	struct vault *vault = vault_of(7), *same = vault_of(7), *other = vault_of(8);

	(void)state;
	assert_string_equal(hash_of(vault, an), hash_of(same, an));
	assert_string_not_equal(hash_of(vault, an), hash_of(vault, bo));
	assert_string_not_equal(hash_of(vault, an), hash_of(other, an));
	vault_destroy(vault);
	vault_destroy(same);
	vault_destroy(other);
}

static void
hash_is_read_as_it_is_printed(void **state)
{
	struct vault *vault = vault_of(7);
	struct phone_hash hash = vault_hash(vault, an), again;
	char text[PHONE_HASH_TEXT];

	(void)state;
	phone_hash_print(text, &hash);
	assert_true(phone_hash_parse(&again, text_of(text)));
	assert_memory_equal(&again, &hash, sizeof(hash));
	assert_int_equal(phone_hash_partition(&again), hash.bytes[0] % PARTITIONS);
	assert_false(phone_hash_parse(&again, (struct text){text, 31}));
	assert_false(phone_hash_parse(&again, (struct text){text, 30}));
	assert_false(phone_hash_parse(&again, TEXT("0123456789abcdef0123456789abcdef00")));
	assert_false(phone_hash_parse(&again, TEXT("0123456789ABCDEF0123456789ABCDEF")));
	assert_false(phone_hash_parse(&again, TEXT("0123456789abcdef0123456789abcdeg")));
	assert_false(phone_hash_parse(&again, TEXT("")));
	vault_destroy(vault);
}

static void
partitions_get_their_share(void **state)
{
	struct vault *vault = vault_of(7);
	unsigned count[PARTITIONS] = {0};
	struct phone phone = an;

	(void)state;
	for (unsigned i = 0; i < 1600; i++) {
		struct phone_hash hash;
		phone.digits[8] = (char)('0' + i / 100 % 10);
		phone.digits[9] = (char)('0' + i / 10 % 10);
		phone.digits[10] = (char)('0' + i % 10);
		phone.digits[7] = (char)('0' + i / 1000);
		hash = vault_hash(vault, phone);
		count[phone_hash_partition(&hash)]++;
	}
	for (unsigned i = 0; i < PARTITIONS; i++)
		assert_in_range(count[i], 50, 150);
	vault_destroy(vault);
}

/* Sealing. */

static void
sealed_phone_opens_and_shows_nothing(void **state)
{
	struct vault *vault = vault_of(7);
	struct phone_hash hash = vault_hash(vault, an);
	char once[VAULT_SEALED], twice[VAULT_SEALED];
	struct phone out;

	(void)state;
	vault_seal(vault, an, once);
	vault_seal(vault, an, twice);
	assert_string_not_equal(once, twice);
	assert_null(strstr(once, an.digits));
	assert_null(strpbrk(once, " \t\n"));
	assert_true(vault_open(vault, &hash, text_of(once), &out));
	assert_string_equal(out.digits, an.digits);
	assert_true(vault_open(vault, &hash, text_of(twice), &out));
	assert_string_equal(out.digits, an.digits);
	vault_destroy(vault);
}

/* From a hub that has been: with the key of vault_of(7). */
static void
what_was_sealed_once_opens_for_ever(void **state)
{
	struct vault *vault = vault_of(7);
	struct phone_hash hash = vault_hash(vault, an);
	struct phone out;

	(void)state;
	assert_true(vault_open(
		vault, &hash, TEXT("1HXs2-IzZU4WpFqb0ZOIs4fVp4Ip1cP6ntwNiUvGCzK0IQV73J0IZB7rpn_I3eQaXe_MF"), &out));
	assert_string_equal(out.digits, an.digits);
	vault_destroy(vault);
}

static void
other_key_or_other_hash_does_not_open_it(void **state)
{
	struct vault *vault = vault_of(7), *other = vault_of(8);
	struct phone_hash hash = vault_hash(vault, an), hash_of_bo = vault_hash(vault, bo);
	char sealed[VAULT_SEALED];
	struct phone out = bo;

	(void)state;
	vault_seal(vault, an, sealed);
	assert_false(vault_open(other, &hash, text_of(sealed), &out));
	assert_string_equal(out.digits, "");
	assert_false(vault_open(vault, &hash_of_bo, text_of(sealed), &out));
	vault_destroy(vault);
	vault_destroy(other);
}

static void
sealed_phone_that_was_changed_does_not_open(void **state)
{
	struct vault *vault = vault_of(7);
	struct phone_hash hash = vault_hash(vault, an);
	char sealed[VAULT_SEALED], spoilt[VAULT_SEALED];
	struct phone out;

	(void)state;
	vault_seal(vault, an, sealed);
	for (size_t i = 0; i < strlen(sealed); i++) {
		strcpy(spoilt, sealed);
		spoilt[i] = spoilt[i] == 'A' ? 'B' : 'A';
		assert_false(vault_open(vault, &hash, text_of(spoilt), &out));
		assert_false(vault_open(vault, &hash, (struct text){sealed, i}, &out));
	}
	vault_destroy(vault);
}

static void
blinded_digests_differ_by_digest_and_key(void **state)
{
	struct vault *vault = vault_of(7), *other = vault_of(8);
	uint8_t a[16] = {1}, b[16] = {2}, same[16] = {1}, elsewhere[16] = {1};

	(void)state;
	vault_blind(vault, a);
	vault_blind(vault, b);
	vault_blind(vault, same);
	vault_blind(other, elsewhere);
	assert_memory_equal(a, same, sizeof(a));
	assert_memory_not_equal(a, b, sizeof(a));
	assert_memory_not_equal(a, elsewhere, sizeof(a));
	vault_destroy(vault);
	vault_destroy(other);
}

/* The same from the same text, and from no other key. */
static void
derived_secret_is_the_keys_alone(void **state)
{
	struct vault *vault = vault_of(7), *other = vault_of(8);
	uint8_t a[VAULT_DERIVED], b[VAULT_DERIVED], same[VAULT_DERIVED], elsewhere[VAULT_DERIVED];

	(void)state;
	vault_derive(vault, TEXT("invite 3.77 1"), a);
	vault_derive(vault, TEXT("invite 3.77 2"), b);
	vault_derive(vault, TEXT("invite 3.77 1"), same);
	vault_derive(other, TEXT("invite 3.77 1"), elsewhere);
	assert_memory_equal(a, same, sizeof(a));
	assert_memory_not_equal(a, b, sizeof(a));
	assert_memory_not_equal(a, elsewhere, sizeof(a));
	vault_destroy(vault);
	vault_destroy(other);
}

/* Other texts. */

static void
hashes_of_texts_are_for_ever_and_for_a_purpose(void **state)
{
	struct vault *vault = vault_of(7), *other = vault_of(8);
	char hash[VAULT_HASH_TEXT], again[VAULT_HASH_TEXT];

	(void)state;
	assert_string_equal(vault_hash_text(vault, "openid", TEXT("o-an"), hash), "596edf8d00e5290ca809f988a10cbaf3");
	assert_string_equal(vault_hash_text(vault, "openid", TEXT("o-an"), again), hash);
	assert_string_not_equal(vault_hash_text(vault, "openid", TEXT("o-bo"), again), hash);
	assert_string_not_equal(vault_hash_text(vault, "unionid", TEXT("o-an"), again), hash);
	assert_string_not_equal(vault_hash_text(vault, "openido", TEXT("-an"), again), hash);
	assert_string_not_equal(vault_hash_text(other, "openid", TEXT("o-an"), again), hash);
	vault_destroy(vault);
	vault_destroy(other);
}

#define OPENID "o6zAJs0123456789abcdefghijkl"

static void
sealed_text_opens_for_its_purpose_alone(void **state)
{
	struct vault *vault = vault_of(7), *other = vault_of(8);
	char sealed[VAULT_SEALED_TEXT(28)], again[VAULT_SEALED_TEXT(28)], out[29];

	(void)state;
	vault_seal_text(vault, "openid 3.77", TEXT(OPENID), sealed);
	assert_int_equal(strlen(sealed), sizeof(sealed) - 1);
	assert_string_not_equal(vault_seal_text(vault, "openid 3.77", TEXT(OPENID), again), sealed);
	assert_null(strpbrk(sealed, " \t\n"));
	assert_true(vault_open_text(vault, "openid 3.77", text_of(sealed), out, sizeof(out)));
	assert_string_equal(out, OPENID);
	assert_false(vault_open_text(vault, "openid 3.78", text_of(sealed), out, sizeof(out)));
	assert_string_equal(out, "");
	assert_false(vault_open_text(vault, "openid 3.77", text_of(sealed), out, sizeof(out) - 1));
	assert_false(vault_open_text(other, "openid 3.77", text_of(sealed), out, sizeof(out)));
	vault_destroy(vault);
	vault_destroy(other);
}

static void
text_sealed_once_opens_for_ever(void **state)
{
	struct vault *vault = vault_of(7);
	char out[29];

	(void)state;
	assert_true(vault_open_text(vault, "openid 3.77",
		TEXT("1Y7oqmEADyxOexuQ-qHwSSS7D10LdPvIJtV7yoyNorqcEbaenoN-wXGUndfGGtfg2CpmYORMpDQoUhjtYRuW1eL__ecM"),
		out, sizeof(out)));
	assert_string_equal(out, OPENID);
	vault_destroy(vault);
}

static void
sealed_text_that_was_changed_does_not_open(void **state)
{
	struct vault *vault = vault_of(7);
	char sealed[VAULT_SEALED_TEXT(4)], spoilt[VAULT_SEALED_TEXT(4)], out[64];

	(void)state;
	vault_seal_text(vault, "openid 3.77", TEXT("o-an"), sealed);
	for (size_t i = 0; i < strlen(sealed); i++) {
		strcpy(spoilt, sealed);
		spoilt[i] = spoilt[i] == 'A' ? 'B' : 'A';
		assert_false(vault_open_text(vault, "openid 3.77", text_of(spoilt), out, sizeof(out)));
		assert_false(vault_open_text(vault, "openid 3.77", (struct text){sealed, i}, out, sizeof(out)));
	}
	vault_destroy(vault);
}

/* From nothing to the longest, and one that is too long to have been sealed by us. */
static void
texts_of_all_lengths_are_sealed(void **state)
{
	struct vault *vault = vault_of(7);
	char text[VAULT_TEXT_MAX + 1], out[VAULT_TEXT_MAX + 1];
	char sealed[VAULT_SEALED_TEXT(VAULT_TEXT_MAX)], huge[2 * sizeof(sealed)];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t len = 0; len <= VAULT_TEXT_MAX; len++) {
		vault_seal_text(vault, "", (struct text){text, len}, sealed);
		assert_int_equal(strlen(sealed), VAULT_SEALED_TEXT(len) - 1);
		assert_true(vault_open_text(vault, "", text_of(sealed), out, len + 1));
		assert_int_equal(strlen(out), len);
	}
	memset(huge, '1', sizeof(huge));
	assert_false(vault_open_text(vault, "", (struct text){huge, sizeof(huge)}, out, sizeof(out)));
	vault_destroy(vault);
}

static int
start(void **state)
{
	(void)state;
	return sodium_init() < 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_and_checks_are_for_ever),
		cmocka_unit_test(derived_secret_is_the_keys_alone),
		cmocka_unit_test(hash_depends_on_the_phone_and_the_key),
		cmocka_unit_test(hash_is_read_as_it_is_printed),
		cmocka_unit_test(partitions_get_their_share),
		cmocka_unit_test(sealed_phone_opens_and_shows_nothing),
		cmocka_unit_test(what_was_sealed_once_opens_for_ever),
		cmocka_unit_test(other_key_or_other_hash_does_not_open_it),
		cmocka_unit_test(sealed_phone_that_was_changed_does_not_open),
		cmocka_unit_test(blinded_digests_differ_by_digest_and_key),
		cmocka_unit_test(hashes_of_texts_are_for_ever_and_for_a_purpose),
		cmocka_unit_test(sealed_text_opens_for_its_purpose_alone),
		cmocka_unit_test(text_sealed_once_opens_for_ever),
		cmocka_unit_test(sealed_text_that_was_changed_does_not_open),
		cmocka_unit_test(texts_of_all_lengths_are_sealed),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
