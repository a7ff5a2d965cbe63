/* audit_log.c - who did what: written with what was done, in a chain that shows what was taken out of it. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS 9 /* of an entry, besides its hash */

/* The number of entries, and each as "seq who what on from why detail"; asserts that each hash follows from the one
 * before and from the entry's fields. */
static const char *
entries(struct redis *r, const char *before)
{
	redisReply *reply = redis_reply(r, "XRANGE {1}:audit - +");
	static char all[4096];
	char sum[512], *at = all;
	char hash[64];

	all[0] = '\0';
	snprintf(hash, sizeof(hash), "%s", before);
	for (size_t i = 0; i < reply->elements; i++) {
		const redisReply *fields = reply->element[i]->element[1];
		const char *v[2 * FIELDS];
		assert_int_equal(fields->elements, 2 * FIELDS);
		for (size_t j = 0; j < 2 * FIELDS; j++)
			v[j] = fields->element[j]->str;
		snprintf(sum, sizeof(sum), "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s", hash, v[3], v[5], v[7], v[9], v[11],
			v[13], v[15], v[17]);
		snprintf(hash, sizeof(hash), "%s", v[1]);
		assert_string_equal(hash, redis(r, "EVAL %s 0 %s", "return redis.sha1hex(ARGV[1])", sum));
		at += sprintf(at, "%s%s %s %s [%s] %s [%s] %s", at == all ? "" : "; ", v[3], v[7], v[9], v[11], v[13],
			v[15], v[17]);
	}
	freeReplyObject(reply);
	return all;
}

static void
what_was_done_is_there_with_who_and_from_where_and_why(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	grant_give(r, "1.7", "1.1", "worker", GRID_A, 0);
	grant_take(r, "1.8", "1.1", "worker", GRID_A);
	device_add(r, "1.1", "aa", false, "pad");
	device_revoke(r, "1.1", 1);
	audit_add(r, "1.9", "forbidden", "7.1", "verb=call_close");
	assert_string_equal(entries(r, ""),
		"1 1.7 grant [1.1] 192.0.2.7 [as agreed] role=worker place=" GRID_A " until=0; "
		"2 1.8 grant_take [1.1] 192.0.2.7 [as agreed] role=worker place=" GRID_A "; "
		"3 1.1 device_revoke [1.1] 192.0.2.7 [as agreed] device=1; "
		"4 1.9 forbidden [7.1] 192.0.2.7 [as agreed] verb=call_close");
}

/* How many of a request are new, and how many were changed; of one that changes nothing there is nothing to say. */
static void
roster_is_there_by_its_counts(void **state)
{
	struct redis *r = *state;
	const char *all;

	roster_import(r, HASH_A, "5ea1ed", GRID_A, "王安", "");
	roster_import(r, HASH_A, "5ea1ed", GRID_B, "王安", "", HASH_B, "5ea1ed", "", "李梅", "");
	roster_import(r, HASH_A, "5ea1ed", GRID_B, "王安", "");
	roster_look(r, HASH_A, "5ea1ed", GRID_A, "王安", "");
	roster_remove(r, HASH_A);
	all = redis(r, "XRANGE {7}:audit - +");
	assert_non_null(strstr(all, "what roster_import on  from 192.0.2.7 why as agreed detail added=1 changed=0"));
	assert_non_null(strstr(all, "what roster_import on  from 192.0.2.7 why as agreed detail added=1 changed=1"));
	assert_non_null(strstr(all, "what roster_remove on " HASH_A));
	assert_string_equal(redis(r, "XLEN {7}:audit"), "3");
	assert_null(strstr(all, "王安"));
}

static void
refused_writes_nothing(void **state)
{
	struct redis *r = *state;

	assert_string_equal(grant_take(r, "1.8", "1.1", "worker", GRID_A), "NOT_FOUND role");
	assert_string_equal(device_revoke(r, "1.1", 1), "NOT_FOUND device");
	assert_string_equal(redis(r, "EXISTS {1}:audit"), "0");
}

static char *
hash_of_head(struct redis *r, unsigned seq)
{
	unsigned found = 0;
	char hash[64] = "";

	assert_int_equal(sscanf(audit_head(r, "", 0), "OK %u %40s", &found, hash), 2);
	assert_int_equal(found, seq);
	return text_dup(text_of(hash));
}

/* Of two hubs that seal at a time one is right; what is sealed is not sealed again by who saw what was before. */
static void
head_is_sealed_once(void **state)
{
	struct redis *r = *state;
	char *hash;

	assert_string_equal(audit_head(r, "", 0), "OK 0   0   0     0  ");
	audit_add(r, "1.9", "forbidden", "", "");
	hash = hash_of_head(r, 1);
	assert_string_equal(audit_seal(r, "1", "00", "5ea1"), "CHANGED audit");
	assert_string_equal(audit_seal(r, "2", hash, "5ea1"), "CHANGED audit");
	assert_memory_equal(audit_seal(r, "1", hash, "5ea1"), "OK ", 3);
	assert_string_equal(audit_seal(r, "1", hash, "5ea1"), "CHANGED audit");
	assert_string_equal(entries(r, ""), "1 1.9 forbidden [] 192.0.2.7 [as agreed] ; 2  seal []  [] 5ea1");
	assert_non_null(strstr(audit_head(r, "", 0), " seal 1 "));
	free(hash);
}

/* What is accepted is what was looked at; it counts as a seal, and not when what is old goes. */
static void
head_is_accepted_as_it_stands(void **state)
{
	struct redis *r = *state;
	char *hash;

	assert_string_equal(audit_accepted(r), "OK");
	audit_add(r, "1.9", "forbidden", "", "");
	hash = hash_of_head(r, 1);
	assert_string_equal(audit_accept(r, "1", "00", "looked"), "CHANGED audit");
	assert_string_equal(audit_accept(r, "1", hash, "looked"), "OK");
	assert_string_equal(audit_accept(r, "1", hash, "looked"), "CHANGED audit");
	assert_non_null(strstr(entries(r, ""), "; 2  accept [] gridctl [looked] acc3pt"));
	assert_non_null(strstr(audit_head(r, "", 0), " accept 1 "));
	assert_non_null(strstr(audit_head(r, "", 0), " 2 4500 acc3pt "));
	assert_non_null(strstr(audit_accepted(r), " 2 4500 looked acc3pt "));
	assert_non_null(strstr(audit_accepted(r), hash));
	assert_string_equal(audit_trimmable(r, 9000000000000), "OK 0");
	free(hash);
}

static void
add_at(struct redis *r, unsigned seq, const char *at, const char *what, const char *from)
{
	redis(r, "XADD {1}:audit %s-0 hash h%u seq %u at %s who 1.9 what %s on %s from %s why %s detail %s", at, seq,
		seq, at, what, "", from, "", "d");
}

/* What a hub holds against what it knows: the seal it knows, the last one, what stands in front of that. */
static void
last_seal_is_found(void **state)
{
	struct redis *r = *state;

	add_at(r, 1, "1000", "grant", "1");
	add_at(r, 2, "2000", "seal", "");
	assert_string_equal(audit_head(r, "", 0), "OK 2 h2 seal 1  2000-0 2 2000 d h2 h1 0 seal ");
	add_at(r, 3, "3000", "grant", "1");
	add_at(r, 4, "4000", "seal", "");
	add_at(r, 5, "5000", "grant", "1");
	assert_string_equal(audit_head(r, "2000-0", 0), "OK 5 h5 grant 1 h2 4000-0 4 4000 d h4 h3 0 seal ");
	assert_string_equal(audit_head(r, "2500-0", 0), "OK 5 h5 grant 1  4000-0 4 4000 d h4 h3 0 seal ");
}

/* However long that was: hundreds of entries came meanwhile. */
static void
seal_is_found_behind_much(void **state)
{
	struct redis *r = *state;

	add_at(r, 1, "1000", "grant", "1");
	add_at(r, 2, "2000", "seal", "");
	for (int i = 0; i < 149; i++)
		audit_add(r, "1.9", "forbidden", "", "");
	assert_non_null(strstr(audit_head(r, "", 0), " forbidden 1  2000-0 2 2000 d h2 h1 0"));
}

/* What is not sealed, of that what came before the hub started, and was not written where there need not be a hub. */
static void
time_without_a_seal_is_known(void **state)
{
	struct redis *r = *state;

	add_at(r, 1, "1000", "grant", "1");
	add_at(r, 2, "2500", "grant", "1");
	assert_non_null(strstr(audit_head(r, "", 9000), " 1500 "));
	add_at(r, 3, "3000", "seal", "");
	add_at(r, 4, "4000", "grant", "gridctl");
	add_at(r, 5, "5000", "grant", "1");
	add_at(r, 6, "6000", "grant", "1");
	add_at(r, 7, "8000", "grant", "1");
	assert_non_null(strstr(audit_head(r, "", 9000), " 3000-0 3 3000 d h3 h2 3000"));
	assert_non_null(strstr(audit_head(r, "", 7000), " 3000-0 3 3000 d h3 h2 1000"));
	assert_non_null(strstr(audit_head(r, "", 5000), " 3000-0 3 3000 d h3 h2 0"));
}

/* What is past its time goes, up to a seal, and what stands in its place says from where the rest is reckoned. */
static void
old_entries_go_and_the_chain_goes_on(void **state)
{
	struct redis *r = *state;
	char *hash;

	add_at(r, 1, "1000", "grant", "1");
	add_at(r, 2, "2000", "grant", "1");
	add_at(r, 3, "2500", "seal", "");
	add_at(r, 4, "2700", "grant", "1");
	audit_add(r, "1.9", "forbidden", "", "");
	hash = hash_of_head(r, 5);
	assert_string_equal(audit_trimmable(r, 2500), "OK 0");
	assert_string_equal(audit_trimmable(r, 3000), "OK 2 h2 2500 d");
	assert_string_equal(audit_trim(r, 3000, "2", "h1"), "CHANGED audit");
	assert_string_equal(audit_trim(r, 3000, "1", "h1"), "CHANGED audit");
	assert_string_equal(audit_trim(r, 3000, "2", "h2"), "OK 2");
	assert_string_equal(audit_trim(r, 3000, "2", "h2"), "CHANGED audit");
	assert_string_equal(audit_trimmable(r, 3000), "OK 0");
	assert_string_equal(redis(r, "XLEN {1}:audit"), "4");
	assert_non_null(
		strstr(redis(r, "XRANGE {1}:audit - +"), "seq 6 at 5000 who  what trim on  from  why  detail 7r1m"));
	free(hash);
}

/* What was asked for, the newest first; and where to go on, behind so many. */
static void
entries_are_found(void **state)
{
	struct redis *r = *state;
	char all[1024], behind[64] = "";
	const char *said;

	audit_add(r, "1.9", "phones", "1.1 1.12", "n=1");
	audit_add(r, "1.8", "names", "1.1", "n=2");
	audit_add(r, "1.9", "names", "1.12", "n=3");
	snprintf(all, sizeof(all), "%s", audit_list(r, "", "", "", "", 9));
	assert_non_null(strstr(all, "n=3"));
	assert_true(strstr(all, "n=3") < strstr(all, "n=2") && strstr(all, "n=2") < strstr(all, "n=1"));
	said = audit_list(r, "", "1.9", "", "", 9);
	assert_true(strstr(said, "n=3") && !strstr(said, "n=2") && strstr(said, "n=1"));
	said = audit_list(r, "", "", "1.1", "", 9); /* which is a word of its own */
	assert_true(!strstr(said, "n=3") && strstr(said, "n=2") && strstr(said, "n=1"));
	said = audit_list(r, "", "", "", "phones", 9);
	assert_true(!strstr(said, "n=3") && !strstr(said, "n=2") && strstr(said, "n=1"));

	said = audit_list(r, "", "", "", "", 2);
	assert_int_equal(sscanf(said, "OK %63s", behind), 1);
	assert_true(strstr(said, "n=3") && strstr(said, "n=2") && !strstr(said, "n=1"));
	said = audit_list(r, behind, "", "", "", 2);
	assert_true(!strstr(said, "n=3") && !strstr(said, "n=2") && strstr(said, "n=1"));
	assert_memory_equal(said, "OK  1\t", 6);
}

/* However few are wanted, a call looks at so many and no more, and says where to go on. */
static void
call_looks_at_a_bounded_number(void **state)
{
	struct redis *r = *state;
	char behind[64] = "";
	const char *said;

	audit_add(r, "1.1", "names", "1.1", "first");
	for (unsigned i = 0; i < 200; i++)
		audit_add(r, "1.9", "names", "1.1", "");
	said = audit_list(r, "", "1.1", "", "", 1);
	assert_int_equal(sscanf(said, "OK %63s", behind), 1);
	assert_null(strstr(said, "first"));
	assert_non_null(strstr(audit_list(r, behind, "1.1", "", "", 1), "first"));
}

static void
those_with_a_line_are_told_and_no_others(void **state)
{
	struct redis *r = *state;

	post(r);
	chain_join(r, CALL, "1.1", GRID_A);
	chain_join(r, CALL, "1.2", GRID_A);
	chain_sign(r, CALL, (struct signing){.person = NULL, .texts = "李梅\t"});
	chain_join(r, CALL, "1.3", GRID_A);
	chain_withdraw(r, CALL, "1.1");
	assert_string_equal(chain_persons(r, CALL, 0, 9), "OK " GRID_A " 0 2 1.2\n4 1.3 0");
	assert_string_equal(chain_persons(r, CALL, 0, 2), "OK " GRID_A " 0 2 1.2 2");
	assert_string_equal(chain_persons(r, CALL, 2, 2), "OK " GRID_A " 0 4 1.3 0");
	chain_sign(r, CALL, (struct signing){.by = WORKER, .person = "1.4"});
	assert_string_equal(chain_persons(r, CALL, 4, 9), "OK " GRID_A " 0 5 1.4 for 0");
	call_close(r, CALL);
	assert_memory_equal(chain_persons(r, CALL, 9, 9), "OK " GRID_A " 1", 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(what_was_done_is_there_with_who_and_from_where_and_why),
		rule(roster_is_there_by_its_counts),
		rule(refused_writes_nothing),
		rule(head_is_sealed_once),
		rule(head_is_accepted_as_it_stands),
		rule(old_entries_go_and_the_chain_goes_on),
		rule(last_seal_is_found),
		rule(seal_is_found_behind_much),
		rule(time_without_a_seal_is_known),
		rule(entries_are_found),
		rule(call_looks_at_a_bounded_number),
		rule(those_with_a_line_are_told_and_no_others),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
