/* world_people.c - what people do in a test. */
#include "world_people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "status.h"

#define HOUR_MS 3600000

void
people_leave(struct world *w)
{
	for (unsigned i = 0; i < w->person_count; i++)
		caller_destroy(w->people[i].caller);
	w->person_count = 0;
}

static void
read_token(const struct world *w, char token[80])
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/dev.token", w->folder);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(fgets(token, 80, file));
	fclose(file);
	token[strcspn(token, "\n")] = '\0';
}

struct caller *
person(struct world *w, const char *handle)
{
	char url[96], token[80], token_file[256];
	struct caller_options options = {.url = url,
		.token = token,
		.token_file = token_file,
		.handle = handle,
		.timeout_ms = WORLD_PATIENCE_S * 1000};
	struct person_in_test *found;

	for (unsigned i = 0; i < w->person_count; i++)
		if (strcmp(w->people[i].handle, handle) == 0)
			return w->people[i].caller;
	assert_true(w->person_count < PEOPLE_MAX);
	snprintf(url, sizeof(url), "ws://%s", w->address);
	snprintf(token_file, sizeof(token_file), "%s/dev.token", w->folder);
	read_token(w, token);
	found = &w->people[w->person_count++];
	snprintf(found->handle, sizeof(found->handle), "%s", handle);
	found->caller = caller_create(w->dialer, &options);
	wait_until(w, caller_state(found->caller) != CALLER_AWAY, "a login");
	assert_int_equal(caller_state(found->caller), CALLER_PRESENT);
	return found->caller;
}

Answer *
ask(struct caller *caller, Request *request)
{
	Answer *answer = caller_call(caller, request);

	if (!answer)
		fail_msg("no answer: %s", caller_trouble(caller));
	return answer;
}

void
free_answer(Answer *answer)
{
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
}

void
expect_at(struct caller *caller, Request *request, const char *status, const char *field, const char *file, int line)
{
	Answer *answer = ask(caller, request);
	const char *got = status_name((enum status)answer->status);

	_assert_string_equal(got, status, file, line);
	_assert_string_equal(answer->field, field, file, line);
	free_answer(answer);
}

struct caller *
member_at(struct world *w, const char *handle, const char *place)
{
	struct caller *caller = person(w, handle);
	Gridvanguard__V1__MemberRegister body = GRIDVANGUARD__V1__MEMBER_REGISTER__INIT;
	Request request = REQUEST(MEMBER_REGISTER, &body);
	Answer *answer;

	body.place = (char *)(uintptr_t)place;
	body.name = (char *)(uintptr_t)handle;
	answer = ask(caller, &request);
	assert_true(answer->status == GRIDVANGUARD__V1__STATUS__STATUS_OK ||
		    answer->status == GRIDVANGUARD__V1__STATUS__STATUS_ALREADY);
	free_answer(answer);
	return caller;
}

struct caller *
member(struct world *w, const char *handle)
{
	return member_at(w, handle, GRID_A);
}

void
import_place(struct world *w, const char *code, const char *name)
{
	Gridvanguard__V1__PlaceImport body = GRIDVANGUARD__V1__PLACE_IMPORT__INIT;
	Gridvanguard__V1__PlaceRow row = GRIDVANGUARD__V1__PLACE_ROW__INIT, *rows[] = {&row};
	Request request = REQUEST(PLACE_IMPORT, &body);
	Answer *answer;

	row.code = (char *)(uintptr_t)code;
	row.name = (char *)(uintptr_t)name;
	body.rows = rows;
	body.n_rows = 1;
	answer = ask(person(w, "worker"), &request);
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	assert_int_equal(answer->place_import->n_refused, 0);
	free_answer(answer);
}

/* Calls. */

const char *
post_call_as(struct world *w, struct call_in_test call)
{
	static char ids[64][ID_TEXT];
	static unsigned used;
	Gridvanguard__V1__CallPost body = GRIDVANGUARD__V1__CALL_POST__INIT;
	Request request = REQUEST(CALL_POST, &body);
	char *id = ids[used++ % ARRAY_LEN(ids)];
	Answer *answer;

	body.place = (char *)(uintptr_t)(call.place ? call.place : GRID_A);
	body.title = (char *)(uintptr_t)(call.title ? call.title : "发放抗原试剂");
	body.need = call.need;
	body.limit = call.limit;
	body.deadline_ms = call.deadline_ms ? call.deadline_ms : clock_wall_ms() + HOUR_MS;
	answer = ask(person(w, "worker"), &request);
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	snprintf(id, ID_TEXT, "%s", answer->call_post->call);
	free_answer(answer);
	return id;
}

void
close_call(struct world *w, const char *call)
{
	Gridvanguard__V1__CallClose body = GRIDVANGUARD__V1__CALL_CLOSE__INIT;
	Request request = REQUEST(CALL_CLOSE, &body);

	body.call = (char *)(uintptr_t)call;
	expect(person(w, "worker"), &request, "OK", "");
}

void
join_all(struct world *w, const char *call, const char *const *handles)
{
	for (; *handles; handles++) {
		Gridvanguard__V1__ChainJoin body = GRIDVANGUARD__V1__CHAIN_JOIN__INIT;
		Request request = REQUEST(CHAIN_JOIN, &body);
		body.call = (char *)(uintptr_t)call;
		expect(member(w, *handles), &request, "OK", "");
	}
}

void
withdraw_all(struct world *w, const char *call, const char *const *handles)
{
	for (; *handles; handles++) {
		Gridvanguard__V1__ChainWithdraw body = GRIDVANGUARD__V1__CHAIN_WITHDRAW__INIT;
		Request request = REQUEST(CHAIN_WITHDRAW, &body);
		body.call = (char *)(uintptr_t)call;
		expect(member(w, *handles), &request, "OK", "");
	}
}

static const char *
state_word(Gridvanguard__V1__LineState state)
{
	static const char *const words[] = {"?", "confirmed", "waiting", "struck"};

	return (size_t)state < ARRAY_LEN(words) ? words[state] : "?";
}

void
assert_chain_at(struct world *w, const char *call, const char *const *lines, const char *file, int line)
{
	Gridvanguard__V1__ChainList body = GRIDVANGUARD__V1__CHAIN_LIST__INIT;
	Request request = REQUEST(CHAIN_LIST, &body);
	Answer *answer;
	size_t count = 0;

	body.call = (char *)(uintptr_t)call;
	body.count = 200;
	answer = ask(person(w, "worker"), &request);
	_assert_string_equal(status_name((enum status)answer->status), "OK", file, line);
	for (; lines[count]; count++) {
		char got[96] = "nothing";
		if (count < answer->chain_list->n_lines) {
			const Line *found = answer->chain_list->lines[count];
			snprintf(got, sizeof(got), "%u %s %s", found->number, found->name, state_word(found->state));
		}
		_assert_string_equal(got, lines[count], file, line);
	}
	_assert_int_equal(answer->chain_list->n_lines, count, file, line);
	free_answer(answer);
}

void
assert_tally_at(struct world *w, const char *place, const char *figures, const char *file, int line)
{
	Gridvanguard__V1__TallyList body = GRIDVANGUARD__V1__TALLY_LIST__INIT;
	Request request = REQUEST(TALLY_LIST, &body);
	char got[64];
	Answer *answer;

	body.place = (char *)(uintptr_t)place;
	body.count = 1;
	answer = ask(person(w, "worker"), &request);
	_assert_string_equal(status_name((enum status)answer->status), "OK", file, line);
	snprintf(got, sizeof(got), "%u %u %u %u", answer->tally_list->tallies[0]->members,
		answer->tally_list->tallies[0]->calls, answer->tally_list->tallies[0]->confirmed,
		answer->tally_list->tallies[0]->waiting);
	_assert_string_equal(got, figures, file, line);
	free_answer(answer);
}
