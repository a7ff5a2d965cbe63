/* roster.c - the roster: an entry a phone, what a row does to it, and that nobody gets a phone to see. */
#include <ftw.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "notes.h"
#include "worlds.h"

/* What became of the rows, "added same changed:name,place refused:phone"; lives as say()'s texts do. */
static const char *
outcomes_of(Answer *answer)
{
	static const char *const words[] = {"?", "added", "same", "changed", "refused"};
	const Gridvanguard__V1__RosterImportResult *result = answer->roster_import;
	char *said = say("%s", "");

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	for (size_t i = 0; i < result->n_rows; i++) {
		said = say("%s%s%s", said, i ? " " : "", words[result->rows[i]->outcome]);
		for (size_t j = 0; j < result->rows[i]->n_fields; j++)
			said = say("%s%s%s", said, j ? "," : ":", result->rows[i]->fields[j]);
	}
	free_answer(answer);
	return said;
}

#define assert_outcomes(caller, request, said) assert_string_equal(outcomes_of(ask(caller, request)), said)

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All entries of a place as "NAME PHONE ORGANISATION PLACE", sorted, with "; " between; `page` at a time. */
static const char *
listed(struct caller *caller, const char *place, uint32_t page)
{
	char *rows[64], next[64] = "", *said = say("%s", "");
	size_t count = 0;

	do {
		Answer *answer = ask(caller, to_list_roster(place, next, page));
		const Gridvanguard__V1__RosterListResult *list = answer->roster_list;
		assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
		assert_in_range(list->n_entries, 0, page);
		for (size_t i = 0; i < list->n_entries; i++, count++) {
			const Gridvanguard__V1__RosterEntry *entry = list->entries[i];
			assert_true(count < ARRAY_LEN(rows));
			assert_int_equal(strlen(entry->entry), 32);
			rows[count] = strdup(
				say("%s %s %s %s", entry->name, entry->phone, entry->organisation, entry->place));
		}
		snprintf(next, sizeof(next), "%s", list->next);
		free_answer(answer);
	} while (next[0]);
	qsort(rows, count, sizeof(rows[0]), by_text);
	for (size_t i = 0; i < count; i++) {
		said = say("%s%s%s", said, i ? "; " : "", rows[i]);
		free(rows[i]);
	}
	return said;
}

/* The entry that bears the name; "" if there is none. */
static const char *
entry_of(struct caller *caller, const char *name)
{
	char next[64] = "";
	const char *found = "";

	do {
		Answer *answer = ask(caller, to_list_roster("", next, 60));
		for (size_t i = 0; i < answer->roster_list->n_entries; i++)
			if (strcmp(answer->roster_list->entries[i]->name, name) == 0)
				found = say("%s", answer->roster_list->entries[i]->entry);
		snprintf(next, sizeof(next), "%s", answer->roster_list->next);
		free_answer(answer);
	} while (next[0]);
	return found;
}

static void
rows_are_added_and_listed_with_masked_phones(void **state)
{
	struct world *w = *state;
	struct caller *worker = person(w, "worker");

	assert_outcomes(worker,
		to_roster("13800000001", "安然", "第一党支部", GRID_A, "+86 139-0000-0002", "薄一波", "", COMMUNITY,
			"１３７０００００００３", "陈静", "市第二医院", ""),
		"added added added");
	assert_string_equal(listed(worker, "", 60),
		"安然 138****0001 第一党支部 " GRID_A "; 薄一波 139****0002  " COMMUNITY
		"; 陈静 137****0003 市第二医院 ");
	assert_string_equal(listed(worker, "", 1), listed(worker, "", 60));
	assert_string_equal(listed(worker, GRID_A, 60), "安然 138****0001 第一党支部 " GRID_A);
	assert_string_equal(
		listed(worker, STREET, 1), "安然 138****0001 第一党支部 " GRID_A "; 薄一波 139****0002  " COMMUNITY);
	assert_string_equal(listed(worker, GRID_B, 60), "");
}

static void
same_phone_is_the_same_entry_however_it_is_written(void **state)
{
	struct world *w = *state;
	struct caller *worker = person(w, "worker");

	assert_outcomes(worker, to_roster("13800000011", "安然", "第一党支部", GRID_A), "added");
	assert_outcomes(worker, to_roster("+86 138 0000 0011", "安然", "第一党支部", GRID_A), "same");
	assert_outcomes(worker, to_roster("13800000011", "安好", "第一党支部", GRID_B), "changed:name,place");
	assert_outcomes(worker, to_roster("13800000011", "安好", "", GRID_B), "changed:organisation");
	assert_string_equal(listed(worker, GRID_B, 60), "安好 138****0011  " GRID_B);
}

static void
bad_rows_are_refused_and_the_others_done(void **state)
{
	struct world *w = *state;
	struct caller *worker = person(w, "worker");

	assert_outcomes(worker,
		to_roster("0351-1234567", "甲", "", "", "13800000021", "乙", "", "x", "13800000022", "丙", "",
			GRID_B "009", "13800000023", "丁", "", BUILDING_1),
		"refused:phone refused:place refused:place added");
	assert_outcomes(worker, to_roster("1", "甲", "", "", "2", "乙", "", ""), "refused:phone refused:phone");
	assert_string_equal(listed(worker, BUILDING_1, 60), "丁 138****0023  " BUILDING_1);
	expect(worker, to_roster("13800000024", "", "", ""), "BAD_REQUEST", "rows[0].name");
}

static void
who_looks_first_changes_nothing(void **state)
{
	struct world *w = *state;
	struct caller *worker = person(w, "worker");

	assert_outcomes(worker, to_roster("13800000031", "安然", "", GRID_A), "added");
	assert_outcomes(worker,
		to_look_at_roster("13800000031", "安好", "", GRID_A, "13800000032", "博", "", BUILDING_2),
		"changed:name added");
	assert_string_equal(entry_of(worker, "安好"), "");
	assert_string_equal(listed(worker, BUILDING_2, 60), "");
}

/* As a hub that was killed between two partitions would see it come again. */
static void
request_sent_again_gets_the_same_answer(void **state)
{
	struct world *w = *state;
	struct caller *worker = person(w, "worker");
	struct uuid once = uuid_make(caller_now_ms(worker));
	const char *rows[] = {"13800000041", "一", "", "", "13800000042", "二", "", "", "13800000043", "三", "", "",
		"13800000044", "四", "", "", NULL};

	assert_outcomes(worker, under_once(&once, to_roster_rows(false, rows)), "added added added added");
	assert_outcomes(worker, under_once(&once, to_roster_rows(false, rows)), "added added added added");
	assert_outcomes(worker, to_roster_rows(false, rows), "same same same same");
	rows[1] = "壹";
	expect(worker, under_once(&once, to_roster_rows(false, rows)), "BAD_REQUEST", "once");
}

static void
removed_entry_is_gone(void **state)
{
	struct world *w = *state;
	struct caller *worker = person(w, "worker");
	const char *entry;

	assert_outcomes(worker, to_roster("13800000051", "将去", "", GRID_A), "added");
	entry = entry_of(worker, "将去");
	expect(worker, to_remove_entry(entry, GRID_B), "NOT_FOUND", "entry");
	expect(worker, to_remove_entry(entry, "11"), "NOT_FOUND", "place");
	expect(worker, to_remove_entry(entry, GRID_A), "OK", "");
	assert_string_equal(entry_of(worker, "将去"), "");
	expect(worker, to_remove_entry(entry, ""), "NOT_FOUND", "entry");
	expect(worker, to_remove_entry("07-aaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ""), "BAD_REQUEST", "entry");
	assert_outcomes(worker, to_roster("13800000051", "又来", "", GRID_A), "added");
	assert_string_equal(entry_of(worker, "又来"), entry);
}

static void
list_goes_on_only_where_it_can(void **state)
{
	static const char *const nowhere[] = {"x", "16:", "-1:", "7x:"};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(nowhere); i++)
		expect(person(w, "worker"), to_list_roster("", nowhere[i], 60), "BAD_REQUEST", "after");
	expect(person(w, "worker"), to_list_roster("11", "", 60), "NOT_FOUND", "place");
}

/* In clear is nothing. */

static struct text sought;
static unsigned files, found;

static int
look_into(const char *path, const struct stat *is, int type, struct FTW *at)
{
	struct buf all = {0};
	char bytes[16384];
	size_t got;
	FILE *file;

	(void)at;
	if (type != FTW_F || !S_ISREG(is->st_mode))
		return 0;
	file = fopen(path, "re");
	assert_non_null(file);
	while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buf_add(&all, bytes, got);
	fclose(file);
	files++;
	found += all.len > 0 && memmem(all.bytes, all.len, sought.data, sought.len);
	buf_finish(&all);
	return 0;
}

/* How many files of the data folder hold this. */
static unsigned
files_with(const struct world *w, struct text what)
{
	sought = what;
	files = found = 0;
	assert_int_equal(nftw(w->folder, look_into, 8, FTW_PHYS), 0);
	assert_true(files > 4);
	return found;
}

/* Neither in Redis' files, before and after they are written anew, nor in what hub and Redis log. */
static void
phone_stands_nowhere_in_clear(void **state)
{
	struct world *w = *state;
	struct caller *worker = person(w, "worker");

	assert_outcomes(worker, to_roster("13812345678", "张三丰", "", GRID_A, "138 1234 5679", "李四光", "", ""),
		"added added");
	assert_outcomes(worker, to_roster("13812345678", "张三峰", "", GRID_A), "changed:name");
	assert_outcomes(worker, to_roster("138123456789", "王五", "", ""), "refused:phone");
	expect(worker, to_remove_entry(entry_of(worker, "李四光"), ""), "OK", "");
	hub_again(w, SIGKILL);
	assert_non_null(strstr(listed(person(w, "worker"), "", 60), "张三峰 138****5678"));
	people_go(w);
	hub_end(w, SIGTERM);
	assert_true(files_with(w, TEXT("张三峰")) > 0);
	assert_int_equal(files_with(w, TEXT("13812345678")), 0);
	assert_int_equal(files_with(w, TEXT("1381234")), 0);
	assert_int_equal(files_with(w, TEXT("138 1234")), 0);
	assert_int_equal(files_with(w, TEXT("138****")), 0);
	hub_start(w);
}

/* The digest of a request as frame.c makes it, which is kept for a day to tell two requests under one `once` apart. */
static struct text
digest_of(const Request *request)
{
	static uint8_t digest[16];
	uint8_t body[1024] = {(uint8_t)request->verb_case};
	size_t len = protobuf_c_message_pack(&request->login->base, body + 1);

	assert_true(1 + len <= sizeof(body));
	crypto_generichash(digest, sizeof(digest), body, 1 + len, NULL, 0);
	return (struct text){(const char *)digest, sizeof(digest)};
}

/* Who knows all of a row but the phone would find it by its digest. */
static void
digest_of_a_request_does_not_give_a_phone_away(void **state)
{
	struct world *w = *state;
	Request *roster = to_roster("13812345678", "张三丰", "", GRID_A), *place = to_import(GRID_A "009", "9号楼组");

	assert_outcomes(person(w, "worker"), roster, "added");
	expect(person(w, "worker"), place, "OK", "");
	assert_true(files_with(w, digest_of(place)) > 0);
	assert_int_equal(files_with(w, digest_of(roster)), 0);
}

int
main(void)
{
	static const char *const all_logged[] = {"--log-level", "debug", NULL};
	const struct CMUnitTest tests[] = {
		fresh(rows_are_added_and_listed_with_masked_phones),
		fresh(same_phone_is_the_same_entry_however_it_is_written),
		fresh(bad_rows_are_refused_and_the_others_done),
		fresh(who_looks_first_changes_nothing),
		fresh(request_sent_again_gets_the_same_answer),
		fresh(removed_entry_is_gone),
		fresh(list_goes_on_only_where_it_can),
		fresh(digest_of_a_request_does_not_give_a_phone_away),
		fresh_with(phone_stands_nowhere_in_clear, all_logged),
	};

	return run_in_worlds(tests);
}
