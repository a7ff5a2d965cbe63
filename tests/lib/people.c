/* people.c - what people do in a test. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ears.h"
#include "status.h"

void
people_go(struct world *w)
{
	ears_close();
	for (unsigned i = 0; i < w->person_count; i++)
		caller_destroy(w->people[i].caller);
	w->person_count = 0;
}

struct caller *
person(struct world *w, const char *handle)
{
	char url[96], token[TOKEN_TEXT], token_file[256];
	struct caller_options options = {.url = url,
		.token = token,
		.token_file = token_file,
		.handle = handle,
		.timeout_ms = PATIENCE_S * 1000};
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
expect_answer_at(Answer *answer, const char *status, const char *field, const char *file, int line)
{
	_assert_string_equal(status_name((enum status)answer->status), status, file, line);
	_assert_string_equal(answer->field, field, file, line);
	free_answer(answer);
}

void
expect_at(struct caller *caller, Request *request, const char *status, const char *field, const char *file, int line)
{
	expect_answer_at(ask(caller, request), status, field, file, line);
}

struct caller *
member_at(struct world *w, const char *handle, const char *place)
{
	struct caller *caller = person(w, handle);
	Answer *answer = ask(caller, to_register(place, handle, ""));

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
	Answer *answer = ask(person(w, "worker"), to_import(code, name));

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	assert_int_equal(answer->place_import->n_refused, 0);
	free_answer(answer);
}

/* Calls. */

const char *
post_call_as(struct world *w, struct posting posting)
{
	static char ids[64][ID_TEXT];
	static unsigned used;
	char *id = ids[used++ % ARRAY_LEN(ids)];
	Answer *answer;

	posting.place = posting.place ? posting.place : GRID_A;
	posting.title = posting.title ? posting.title : "发放抗原试剂";
	answer = ask(person(w, "worker"), to_post_call(posting));
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	snprintf(id, ID_TEXT, "%s", answer->call_post->call);
	free_answer(answer);
	return id;
}

void
close_call(struct world *w, const char *call)
{
	expect(person(w, "worker"), to_close(call), "OK", "");
}

void
join_all(struct world *w, const char *call, const char *const *handles)
{
	for (; *handles; handles++)
		expect(member(w, *handles), to_join(call), "OK", "");
}

void
withdraw_all(struct world *w, const char *call, const char *const *handles)
{
	for (; *handles; handles++)
		expect(member(w, *handles), to_withdraw(call), "OK", "");
}

void
assert_chain_at(struct world *w, const char *call, const char *const *lines, const char *file, int line)
{
	Answer *answer = ask(person(w, "worker"), to_list_chain(call, 0, 200));
	size_t count = 0;

	_assert_string_equal(status_name((enum status)answer->status), "OK", file, line);
	for (; lines[count]; count++) {
		const char *got = "nothing";
		if (count < answer->chain_list->n_lines) {
			const Line *found = answer->chain_list->lines[count];
			got = say("%u %s %s", found->number, found->name, state_of(found));
		}
		_assert_string_equal(got, lines[count], file, line);
	}
	_assert_int_equal(answer->chain_list->n_lines, count, file, line);
	free_answer(answer);
}

void
assert_tally_at(struct world *w, const char *place, const char *figures, const char *file, int line)
{
	Answer *answer = ask(person(w, "worker"), to_list_tallies(place, 0, "", 1));

	_assert_string_equal(status_name((enum status)answer->status), "OK", file, line);
	_assert_string_equal(figures_of(answer->tally_list->tallies[0]), figures, file, line);
	free_answer(answer);
}
