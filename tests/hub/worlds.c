#include "worlds.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "status.h"

/* Worlds. */

static struct world *shared_world; /* NULL: none is open */

static void
close_shared_world(void)
{
	struct world *w = shared_world;

	shared_world = NULL;
	ears_close();
	if (w)
		world_close(w);
}

int
shared_setup(void **state)
{
	if (!shared_world)
		shared_world = world_open(NULL);
	*state = shared_world;
	return 0;
}

int
shared_teardown(void **state)
{
	(void)state;
	ears_close();
	return 0;
}

int
fresh_setup(void **state)
{
	close_shared_world();
	*state = world_open(*state);
	return 0;
}

int
fresh_teardown(void **state)
{
	ears_close();
	world_close(*state);
	return 0;
}

int
worlds_teardown(void **state)
{
	(void)state;
	close_shared_world();
	return 0;
}

void
read_token(const struct world *w, char token[80])
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/dev.token", w->folder);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(token, 80, file));
	fclose(file);
	token[strcspn(token, "\n")] = '\0';
}

void
people_go(struct world *w)
{
	ears_close();
	for (unsigned i = 0; i < w->person_count; i++)
		caller_destroy(w->people[i].caller);
	w->person_count = 0;
}

void
hub_again(struct world *w, int signal)
{
	int status;

	people_go(w);
	status = hub_signal(w, signal);
	if (signal == SIGKILL)
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	else
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	hub_start(w);
}

/* Lists. */

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
		more = go_on(list->n_calls, page, list->more);
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

uint32_t
number_of(Answer *answer)
{
	uint32_t number;

	assert_string_equal(status_name((enum status)answer->status), "OK");
	if (answer->result_case == GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_JOIN) {
		number = answer->chain_join->number;
	} else {
		assert_int_equal(answer->result_case, GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_WITHDRAW);
		number = answer->chain_withdraw->number;
	}
	free_answer(answer);
	return number;
}
