/* recount.c - long chances: whatever people do, the chain is as a recount of its lines says.
 *
 * The model knows one rule and keeps nothing that could be counted: of the lines that are not struck, in the order of
 * their numbers, as many as the limit are confirmed and the others wait. All else follows from that by counting. The
 * seed is printed; TEST_SEED in the environment gives it again. */
#include "functions.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

#define ROUNDS  12
#define STEPS   200
#define PERSONS 12

struct line {
	unsigned person;
	const char *place; /* where it counts */
	uint64_t joined_ms;
	bool struck;
};

struct model {
	unsigned limit;
	unsigned count;
	struct line lines[STEPS];
};

/* Where a person lives, and where that counts for a call at GRID_A. */
static const struct home {
	const char *place, *counts;
} homes[] = {
	{GRID_A, GRID_A},
	{BUILDING_1, BUILDING_1},
	{BUILDING_2, BUILDING_2},
	{GRID_B, GRID_A},
	{STREET, GRID_A},
	{"", GRID_A},
};

/* The model. */

static const char *
state_of(const struct model *m, unsigned number)
{
	unsigned before = 0;

	if (m->lines[number - 1].struck)
		return "struck";
	for (unsigned i = 0; i < number - 1; i++)
		before += !m->lines[i].struck;
	return m->limit == 0 || before < m->limit ? "confirmed" : "waiting";
}

/* 0 for one who has none. */
static unsigned
live_number(const struct model *m, unsigned person)
{
	for (unsigned i = 0; i < m->count; i++)
		if (m->lines[i].person == person && !m->lines[i].struck)
			return i + 1;
	return 0;
}

/* How many lines are in a state, at a place or (NULL) anywhere. */
static unsigned
count_lines(const struct model *m, const char *place, const char *state)
{
	unsigned count = 0;

	for (unsigned i = 0; i < m->count; i++)
		count += strcmp(state_of(m, i + 1), state) == 0 && (!place || strcmp(m->lines[i].place, place) == 0);
	return count;
}

/* Pages: all there is to know of a chain, one thing a row, sorted; of the model and of Redis alike. */

PRINTF_LIKE(2, 3) static void write_row(struct rows *rows, const char *format, ...)
{
	char *row;
	va_list args;

	va_start(args, format);
	assert_true(vasprintf(&row, format, args) >= 0);
	va_end(args);
	rows_add(rows, row);
}

static void
write_lines(struct rows *rows, const struct model *m)
{
	for (unsigned i = 0; i < m->count; i++) {
		const struct line *line = &m->lines[i];
		write_row(rows, "line %u %s\t1.%u\t%s\t%" PRIu64, i + 1, state_of(m, i + 1), line->person, line->place,
			line->joined_ms);
		if (!line->struck)
			write_row(rows, "live 1.%u %u", line->person, i + 1);
	}
}

static void
write_tally(struct rows *rows, const struct model *m)
{
	static const char *const states[] = {"confirmed", "waiting"};

	for (size_t i = 0; i < 3; i++) /* the others count at the first */
		for (size_t j = 0; j < ARRAY_LEN(states); j++)
			write_row(rows, "tally %s %s %u", homes[i].counts, states[j],
				count_lines(m, homes[i].counts, states[j]));
}

static void
write_queue(struct rows *rows, const struct model *m)
{
	unsigned place = 0;

	for (unsigned number = 1; number <= m->count; number++)
		if (strcmp(state_of(m, number), "waiting") == 0)
			write_row(rows, "queue %u: %u", ++place, number);
}

static char *
page_of_model(const struct model *m)
{
	struct rows rows = {0};

	write_lines(&rows, m);
	write_tally(&rows, m);
	write_queue(&rows, m);
	write_row(&rows, "numbers %u %u %u", count_lines(m, NULL, "confirmed"), count_lines(m, NULL, "waiting"),
		m->count);
	rows_sort(&rows);
	return rows_join(&rows);
}

static void
copy_pairs(struct rows *rows, struct redis *r, const char *word, const char *key)
{
	redisReply *reply = redis_reply(r, "HGETALL {7}:call:7.1:%s", key);

	for (size_t i = 0; i < reply->elements; i += 2)
		write_row(rows, "%s %s %s", word, reply->element[i]->str, reply->element[i + 1]->str);
	freeReplyObject(reply);
}

/* A count that is not there is none. */
static void
copy_missing_counts(struct rows *rows, struct redis *r)
{
	static const char *const states[] = {"confirmed", "waiting"};

	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < ARRAY_LEN(states); j++) {
			char field[64];
			snprintf(field, sizeof(field), "%s %s", homes[i].counts, states[j]);
			if (strcmp(redis(r, "HEXISTS {7}:call:7.1:tally %s", field), "0") == 0)
				write_row(rows, "tally %s 0", field);
		}
}

static void
copy_queue(struct rows *rows, struct redis *r)
{
	redisReply *reply = redis_reply(r, "ZRANGE {7}:call:7.1:waiting 0 -1");

	for (size_t i = 0; i < reply->elements; i++)
		write_row(rows, "queue %zu: %s", i + 1, reply->element[i]->str);
	freeReplyObject(reply);
}

static char *
page_of_redis(struct redis *r)
{
	struct rows rows = {0};

	copy_pairs(&rows, r, "line", "lines");
	copy_pairs(&rows, r, "live", "live");
	copy_pairs(&rows, r, "tally", "tally");
	copy_missing_counts(&rows, r);
	copy_queue(&rows, r);
	write_row(&rows, "numbers %s", redis(r, "HMGET {7}:call:7.1 confirmed waiting lines"));
	rows_sort(&rows);
	return rows_join(&rows);
}

static void
assert_same(struct redis *r, const struct model *m)
{
	char *wanted = page_of_model(m), *found = page_of_redis(r);

	assert_string_equal(found, wanted);
	free(wanted);
	free(found);
}

/* The event must tell exactly the lines that are not as they were, in any order behind the one that caused it. */
static void
assert_told(struct redis *r, const struct model *before, const struct model *now, unsigned cause)
{
	struct rows rows = {0}, told = {0};
	char *wanted, *found, *text, *at, *line, head[64];

	for (unsigned number = 1; number <= now->count; number++) {
		const struct line *changed = &now->lines[number - 1];
		if (number > before->count || strcmp(state_of(before, number), state_of(now, number)) != 0)
			write_row(&rows, "%u:%s:1.%u:%s:%" PRIu64, number, state_of(now, number), changed->person,
				changed->place, changed->joined_ms);
	}
	rows_sort(&rows);
	wanted = rows_join(&rows);
	text = strdup(event(r));
	snprintf(head, sizeof(head), "chain call 7.1 lines %u:", cause);
	assert_memory_equal(text, head, strlen(head));
	at = text + strlen("chain call 7.1 lines ");
	at[strcspn(at, " ")] = '\0'; /* "filled", and where */
	while ((line = strsep(&at, ";")))
		rows_add(&told, strdup(line));
	rows_sort(&told);
	found = rows_join(&told);
	assert_string_equal(found, wanted);
	free(text);
	free(wanted);
	free(found);
}

/* Steps; what was done is asked for once more under the same name, as by a client that heard nothing. */

static void
step_join(struct redis *r, struct model *m, unsigned person, const struct home *home)
{
	struct model before = *m;
	char name[16], wanted[64];
	unsigned live = live_number(m, person);
	struct once once = once_made(r, 0);
	const char *said;

	snprintf(name, sizeof(name), "1.%u", person);
	said = chain_join(under(r, once), CALL, name, home->place);
	if (live) {
		snprintf(wanted, sizeof(wanted), "ALREADY call %u %s", live, state_of(m, live));
		assert_string_equal(said, wanted);
		return;
	}
	m->lines[m->count++] = (struct line){.person = person, .place = home->counts, .joined_ms = r->at_ms};
	snprintf(wanted, sizeof(wanted), "OK %u %s", m->count, state_of(m, m->count));
	assert_string_equal(said, wanted);
	assert_told(r, &before, m, m->count);
	assert_string_equal(chain_join(under(r, once), CALL, name, home->place), wanted);
}

static void
step_withdraw(struct redis *r, struct model *m, unsigned person)
{
	struct model before = *m;
	char name[16], wanted[64];
	unsigned live = live_number(m, person);
	struct once once = once_made(r, 0);
	const char *said;

	snprintf(name, sizeof(name), "1.%u", person);
	said = chain_withdraw(under(r, once), CALL, name);
	if (!live) {
		assert_string_equal(said, "NOT_FOUND person");
		return;
	}
	m->lines[live - 1].struck = true;
	snprintf(wanted, sizeof(wanted), "OK %u", live);
	assert_string_equal(said, wanted);
	assert_told(r, &before, m, live);
	assert_string_equal(chain_withdraw(under(r, once), CALL, name), wanted);
}

/* Small limits are where the queue moves. */
static unsigned
pick_limit(struct rng *rng)
{
	static const unsigned limits[] = {0, 1, 2, 3, 5, 8, PERSONS - 1, PERSONS};

	return limits[rng_below(rng, ARRAY_LEN(limits))];
}

static uint64_t
pick_seed(void)
{
	const char *given = getenv("TEST_SEED");
	uint64_t seed;

	random_fill(&seed, sizeof(seed));
	return given ? strtoull(given, NULL, 10) : seed;
}

static void
chain_is_always_as_a_recount_of_its_lines(void **state)
{
	struct redis *r = *state;
	uint64_t seed = pick_seed();
	struct rng rng = {seed};

	print_message("# TEST_SEED=%" PRIu64 "\n", seed);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct model m = {.limit = pick_limit(&rng)};
		redis_clear(r);
		post(r, .limit = m.limit);
		for (unsigned step = 0; step < STEPS; step++) {
			unsigned person = 1 + rng_below(&rng, PERSONS);
			if (rng_below(&rng, 5) < 3)
				step_join(r, &m, person, &homes[rng_below(&rng, ARRAY_LEN(homes))]);
			else
				step_withdraw(r, &m, person);
			assert_same(r, &m);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(chain_is_always_as_a_recount_of_its_lines),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
