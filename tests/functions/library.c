/* library.c - the library as Redis sees it: it loads, says which it is, and marks what only reads. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library.h"

static void
library_loads_over_itself(void **state)
{
	struct redis *r = *state;
	char *before;

	play_evening(r);
	before = redis_picture(r);
	redis_load_library(r);
	redis_load_library(r);

	assert_unchanged(r, before);
	assert_string_equal(chain_join(r, CALL, "1.1", GRID_A), "CLOSED call");
}

static void
library_says_which_it_is(void **state)
{
	struct redis *r = *state;
	char wanted[128];

	snprintf(wanted, sizeof(wanted), "OK  %s", library_hash.data);
	assert_int_equal(library_hash.len, 64);
	assert_string_equal(redis(r, "FCALL_RO library_hash 0"), wanted);
}

/* Each function, as FUNCTION LIST has it: its name and its flags. */
struct listed {
	const char *name;
	const redisReply *flags;
};

static struct listed
listed_at(const redisReply *library, size_t index)
{
	const redisReply *function = library->element[0]->element[5]->element[index];

	assert_string_equal(function->element[0]->str, "name");
	assert_string_equal(function->element[4]->str, "flags");
	return (struct listed){function->element[1]->str, function->element[5]};
}

static size_t
listed_count(const redisReply *library)
{
	assert_int_equal(library->elements, 1);
	assert_string_equal(library->element[0]->element[4]->str, "functions");
	return library->element[0]->element[5]->elements;
}

static bool
only_reads(const char *function)
{
	return strcmp(function, "library_hash") == 0 || strcmp(function, "phone_begin") == 0 ||
	       strcmp(function, "device_list") == 0 || strcmp(function, "factor_read") == 0 ||
	       strcmp(function, "desk_show") == 0 || strcmp(function, "person_find") == 0 ||
	       strcmp(function, "relay_sign_ups") == 0 || strcmp(function, "relay_signed_up") == 0 ||
	       strcmp(function, "chain_concerns") == 0 || strcmp(function, "roster_list") == 0 ||
	       strcmp(function, "roster_find") == 0 || strcmp(function, "audit_head") == 0 ||
	       strcmp(function, "audit_list") == 0 || strcmp(function, "chain_persons") == 0 ||
	       strcmp(function, "pending_list") == 0 || strcmp(function, "erase_lines") == 0 ||
	       strcmp(function, "erase_list") == 0 || strcmp(function, "forgot") == 0 ||
	       strcmp(function, "retention_calls") == 0 || strcmp(function, "retention_list") == 0 ||
	       strcmp(function, "tell_list") == 0 || strcmp(function, "person_export") == 0 ||
	       strcmp(function, "audit_trimmable") == 0 || strcmp(function, "audit_accepted") == 0;
}

static void
what_only_reads_is_marked_so(void **state)
{
	struct redis *r = *state;
	redisReply *library = redis_reply(r, "FUNCTION LIST LIBRARYNAME gridvanguard");

	for (size_t i = 0; i < listed_count(library); i++) {
		struct listed function = listed_at(library, i);
		assert_int_equal(function.flags->elements, only_reads(function.name) ? 1 : 0);
		if (only_reads(function.name))
			assert_string_equal(function.flags->element[0]->str, "no-writes");
	}
	freeReplyObject(library);
}

/* Redis refuses to run what may write where only reading is allowed; the others run there. */
static void
mark_holds(void **state)
{
	struct redis *r = *state;
	redisReply *library = redis_reply(r, "FUNCTION LIST LIBRARYNAME gridvanguard");

	for (size_t i = 0; i < listed_count(library); i++) {
		const char *name = listed_at(library, i).name;
		redisReply *reply = redisCommand(r->open, "FCALL_RO %s 1 {1}:identities dev:an", name);
		assert_non_null(reply);
		if (only_reads(name))
			assert_true(reply->type == REDIS_REPLY_ARRAY || !strstr(reply->str, "write flag"));
		else
			assert_non_null(strstr(reply->str, "write flag"));
		freeReplyObject(reply);
	}
	freeReplyObject(library);
}

/* A function that nobody called has no test; and its keys were not looked at either. */
static void
evening_calls_every_function(void **state)
{
	struct redis *r = *state;
	redisReply *library = redis_reply(r, "FUNCTION LIST LIBRARYNAME gridvanguard");

	r->called[0] = '\0';
	play_evening(r);
	for (size_t i = 0; i < listed_count(library); i++) {
		const char *name = listed_at(library, i).name;
		char word[64];
		snprintf(word, sizeof(word), " %s ", name);
		if (!strstr(r->called, word) && strcmp(name, "library_hash") != 0)
			fail_msg("nobody calls %s", name);
	}
	freeReplyObject(library);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(library_loads_over_itself),
		rule(library_says_which_it_is),
		rule(what_only_reads_is_marked_so),
		rule(mark_holds),
		rule(evening_calls_every_function),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
