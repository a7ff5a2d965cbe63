#include "lists.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notes.h"
#include "status.h"
#include "world.h"

/* Texts, and behind the last NULL. */
struct rows {
	char **texts;
	size_t count;
};

static void
rows_clear(struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		free(rows->texts[i]);
	rows->count = 0;
	rows->texts = realloc(rows->texts, sizeof(char *));
	assert_non_null(rows->texts);
	rows->texts[0] = NULL;
}

static void
rows_add(struct rows *rows, const char *text)
{
	rows->texts = realloc(rows->texts, (rows->count + 2) * sizeof(char *));
	assert_non_null(rows->texts);
	rows->texts[rows->count++] = strdup(text);
	rows->texts[rows->count] = NULL;
}

static const char *const *
rows_list(const struct rows *rows)
{
	return (const char *const *)rows->texts;
}

static Answer *
ask_well(struct caller *caller, Request *request)
{
	Answer *answer = ask(caller, request);

	assert_string_equal(status_name((enum status)answer->status), "OK");
	return answer;
}

/* A page is full as long as there is more. */
static bool
go_on(size_t count, uint32_t page, bool more)
{
	if (more)
		assert_int_equal(count, page);
	assert_true(count <= page);
	return more;
}

const char *const *
list_members(struct caller *caller, const char *place, uint32_t page)
{
	static struct rows rows;
	char after[ID_TEXT] = "";
	bool more = true;

	rows_clear(&rows);
	while (more) {
		Answer *answer = ask_well(caller, to_list_members(place, after, page));
		const Gridvanguard__V1__MemberListResult *list = answer->member_list;
		for (size_t i = 0; i < list->n_members; i++) {
			rows_add(&rows, say("%s %s", list->members[i]->name, list->members[i]->place));
			snprintf(after, sizeof(after), "%s", list->members[i]->person);
		}
		more = go_on(list->n_members, page, list->more);
		free_answer(answer);
	}
	return rows_list(&rows);
}

const char *const *
list_places(struct caller *caller, const char *under, uint32_t depth, uint32_t page)
{
	static struct rows rows;
	char after[PLACE_TEXT] = "";
	bool more = true;

	rows_clear(&rows);
	while (more) {
		Answer *answer = ask_well(caller, to_list_places(under, depth, after, page));
		const Gridvanguard__V1__PlaceListResult *list = answer->place_list;
		for (size_t i = 0; i < list->n_places; i++) {
			rows_add(&rows, list->places[i]->code);
			snprintf(after, sizeof(after), "%s", list->places[i]->code);
		}
		more = go_on(list->n_places, page, list->more);
		free_answer(answer);
	}
	return rows_list(&rows);
}

const char *const *
list_tallies(struct caller *caller, const char *place, uint32_t depth, uint32_t page)
{
	static struct rows rows;
	char after[PLACE_TEXT] = "";
	bool more = true;

	rows_clear(&rows);
	while (more) {
		Answer *answer = ask_well(caller, to_list_tallies(place, depth, after, page));
		const Gridvanguard__V1__TallyListResult *list = answer->tally_list;
		for (size_t i = 0; i < list->n_tallies; i++) {
			rows_add(&rows, list->tallies[i]->place);
			snprintf(after, sizeof(after), "%s", list->tallies[i]->place);
		}
		more = go_on(list->n_tallies, page, list->more);
		free_answer(answer);
	}
	return rows_list(&rows);
}

const char *const *
list_calls(struct caller *caller, const char *place, uint32_t page)
{
	static struct rows rows;
	char after[ID_TEXT] = "";
	bool more = true;

	rows_clear(&rows);
	while (more) {
		Answer *answer = ask_well(caller, to_list_calls(place, after, page));
		const Gridvanguard__V1__CallListResult *list = answer->call_list;
		for (size_t i = 0; i < list->n_calls; i++) {
			rows_add(&rows, list->calls[i]->id);
			snprintf(after, sizeof(after), "%s", list->calls[i]->id);
		}
		more = list->more; /* calls are long: a page may end early */
		assert_in_range(list->n_calls, more, page);
		free_answer(answer);
	}
	return rows_list(&rows);
}

const char *const *
list_chain(struct caller *caller, const char *call, uint32_t page)
{
	static struct rows rows;
	uint32_t after = 0;
	bool more = true;

	rows_clear(&rows);
	while (more) {
		Answer *answer = ask_well(caller, to_list_chain(call, after, page));
		const Gridvanguard__V1__ChainListResult *list = answer->chain_list;
		for (size_t i = 0; i < list->n_lines; i++) {
			const Line *line = list->lines[i];
			rows_add(&rows, say("%u %s %s", line->number, line->name, state_of(line)));
			after = line->number;
		}
		more = go_on(list->n_lines, page, list->more);
		free_answer(answer);
	}
	return rows_list(&rows);
}

size_t
rows_count(const char *const *rows)
{
	size_t count = 0;

	while (rows[count])
		count++;
	return count;
}

void
assert_rows_at(const char *const *rows, const char *const *wanted, const char *file, int line)
{
	for (size_t i = 0; wanted[i]; i++)
		_assert_string_equal(rows[i] ? rows[i] : "nothing", wanted[i], file, line);
	_assert_int_equal(rows_count(rows), rows_count(wanted), file, line);
}
