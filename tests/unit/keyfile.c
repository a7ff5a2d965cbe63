/* keyfile.c - the file with the key of the phones. What a hub does about it is in tests/faults/key.c. */
#include "keyfile.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static char path[64];

static void
missing_file_is_told(void **state)
{
	uint8_t key[VAULT_KEY];

	(void)state;
	assert_int_equal(keyfile_read(path, key), KEYFILE_MISSING);
}

static void
file_that_was_made_is_read(void **state)
{
	uint8_t made[VAULT_KEY], key[VAULT_KEY] = {0};
	struct stat found;

	(void)state;
	assert_true(keyfile_make(path, made));
	assert_int_equal(keyfile_read(path, key), KEYFILE_READ);
	assert_memory_equal(made, key, VAULT_KEY);
	assert_int_equal(stat(path, &found), 0);
	assert_int_equal(found.st_mode & 07777, 0600);
	assert_int_equal(found.st_nlink, 1); /* the draft is gone */
}

/* Two hubs that start at once have one key. */
static void
second_to_make_it_gets_the_first_ones_key(void **state)
{
	uint8_t first[VAULT_KEY], second[VAULT_KEY], key[VAULT_KEY];

	(void)state;
	assert_true(keyfile_make(path, first));
	assert_true(keyfile_make(path, second));
	assert_memory_equal(first, second, VAULT_KEY);
	assert_int_equal(keyfile_read(path, key), KEYFILE_READ);
	assert_memory_equal(first, key, VAULT_KEY);
}

static void
two_files_have_two_keys(void **state)
{
	uint8_t first[VAULT_KEY], second[VAULT_KEY];

	(void)state;
	assert_true(keyfile_make(path, first));
	assert_int_equal(unlink(path), 0);
	assert_true(keyfile_make(path, second));
	assert_memory_not_equal(first, second, VAULT_KEY);
}

static void
make_nowhere(void *context)
{
	uint8_t key[VAULT_KEY];

	*(bool *)context = keyfile_make("/nowhere/at/all/phones.key", key);
}

static void
folder_that_is_not_there_is_told(void **state)
{
	bool made = true;
	char *said = stderr_of(make_nowhere, &made, NULL);

	(void)state;
	assert_false(made);
	assert_string_equal(said, "gridhub: key file /nowhere/at/all/phones.key: No such file or directory\n");
	free(said);
}

static int
choose_path(void **state)
{
	(void)state;
	strcpy(path, "/tmp/keyfile-XXXXXX");
	assert_non_null(mkdtemp(path));
	strcat(path, "/phones.key");
	return sodium_init() < 0;
}

static int
clear_path(void **state)
{
	(void)state;
	unlink(path);
	*strrchr(path, '/') = '\0';
	return rmdir(path);
}

#define with_path(test) cmocka_unit_test_setup_teardown(test, choose_path, clear_path)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_path(missing_file_is_told),
		with_path(file_that_was_made_is_read),
		with_path(second_to_make_it_gets_the_first_ones_key),
		with_path(two_files_have_two_keys),
		with_path(folder_that_is_not_there_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
