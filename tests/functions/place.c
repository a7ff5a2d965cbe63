/* place.c - places: imported in batches, renamed, and told in one event a batch. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "records.h"

#define BATCH 200 /* rows of one request at the most */

static void
new_places_are_added(void **state)
{
	struct redis *r = *state;

	assert_string_equal(place_import(r, COMMUNITY, COMMUNITY, "西吴社区", GRID_A, "第1网格"), "OK 2 0 0");

	assert_string_equal(event(r), "places under " COMMUNITY " codes " COMMUNITY "," GRID_A);
	assert_string_equal(redis(r, "HLEN {7}:places"), "2");
	assert_string_equal(redis(r, "HMGET {7}:places " COMMUNITY " " GRID_A), "西吴社区 第1网格");
}

static void
another_name_is_a_change(void **state)
{
	struct redis *r = *state;

	place_import(r, COMMUNITY, COMMUNITY, "西吴社区", GRID_A, "第1网格", GRID_B, "第2网格");

	assert_string_equal(
		place_import(r, COMMUNITY, COMMUNITY, "西吴社区", GRID_A, "龙城花园", BUILDING_1, "1号楼组"),
		"OK 1 1 1");
	assert_string_equal(event(r), "places under " COMMUNITY " codes " GRID_A "," BUILDING_1);
	assert_string_equal(redis(r, "HMGET {7}:places " COMMUNITY " " GRID_A " " GRID_B " " BUILDING_1),
		"西吴社区 龙城花园 第2网格 1号楼组");
	assert_string_equal(redis(r, "HLEN {7}:places"), "4");
}

static void
nothing_new_is_no_event(void **state)
{
	struct redis *r = *state;

	place_import(r, COMMUNITY, COMMUNITY, "西吴社区", GRID_A, "第1网格");

	assert_string_equal(place_import(r, COMMUNITY, COMMUNITY, "西吴社区", GRID_A, "第1网格"), "OK 0 0 2");
	assert_string_equal(event(r), "");
	assert_string_equal(redis(r, "XLEN {7}:log"), "1");
	assert_string_equal(redis(r, "HGET {7}:meta seq"), "1");
}

/* A place that pads to the same number is another place. */
static void
look_alikes_are_two_places(void **state)
{
	struct redis *r = *state;

	assert_string_equal(place_import(r, "", "4419", "东莞市", "441900", "东莞市"), "OK 2 0 0");
	assert_string_equal(event(r), "places under  codes 4419,441900");
}

/* What a file says twice it says the same whenever it is imported: its last word counts. */
static void
code_named_twice_keeps_its_last_name(void **state)
{
	struct redis *r = *state;

	place_import(r, COMMUNITY, GRID_A, "第1网格", GRID_A, "龙城花园");
	assert_string_equal(redis(r, "HGET {7}:places " GRID_A), "龙城花园");

	place_import(r, COMMUNITY, GRID_A, "第1网格", GRID_A, "龙城花园");
	assert_string_equal(redis(r, "HGET {7}:places " GRID_A), "龙城花园");
}

/* Batches. */

struct batch {
	char texts[BATCH][2][32];
	const char *rows[2 * BATCH + 1];
};

static void
fill_batch(struct batch *batch)
{
	for (unsigned i = 0; i < BATCH; i++) {
		snprintf(batch->texts[i][0], 32, COMMUNITY "%03u", i + 1);
		snprintf(batch->texts[i][1], 32, "第%u网格", i + 1);
		batch->rows[2 * i] = batch->texts[i][0];
		batch->rows[2 * i + 1] = batch->texts[i][1];
	}
	batch->rows[2 * BATCH] = NULL;
}

/* The codes of the batch from `first` on, every `step`-th, as the event should list them. */
static void
print_event(char *out, const struct batch *batch, unsigned first, unsigned step)
{
	out += sprintf(out, "places under " COMMUNITY " codes ");
	for (unsigned i = first; i < BATCH; i += step)
		out += sprintf(out, "%s%s", i == first ? "" : ",", batch->texts[i][0]);
}

static void
full_batch_is_one_event(void **state)
{
	static struct batch batch;
	static char wanted[BATCH * 16 + 64];
	struct redis *r = *state;

	fill_batch(&batch);
	assert_string_equal(place_import_rows(r, COMMUNITY, batch.rows), "OK 200 0 0");
	print_event(wanted, &batch, 0, 1);
	assert_string_equal(event(r), wanted);
	assert_string_equal(redis(r, "HLEN {7}:places"), "200");
	assert_string_equal(redis(r, "HMGET {7}:places " GRID_A " " COMMUNITY "200"), "第1网格 第200网格");

	for (unsigned i = 1; i < BATCH; i += 4)
		strcat(batch.texts[i][1], "(新)");
	assert_string_equal(place_import_rows(r, COMMUNITY, batch.rows), "OK 0 50 150");
	print_event(wanted, &batch, 1, 4);
	assert_string_equal(event(r), wanted);
	assert_string_equal(redis(r, "XLEN {7}:log"), "2");
}

static void
hub_reads_the_names_it_was_told_of(void **state)
{
	struct redis *r = *state;
	redisReply *names;

	place_import(r, COMMUNITY, COMMUNITY, "西吴社区", GRID_A, "第1网格");
	names = redis_run(r, records_read_places(7, TEXT(COMMUNITY "," GRID_A)));

	assert_string_equal(redis_text(r, names), "西吴社区 第1网格");
	freeReplyObject(names);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(new_places_are_added),
		rule(another_name_is_a_change),
		rule(nothing_new_is_no_event),
		rule(look_alikes_are_two_places),
		rule(code_named_twice_keeps_its_last_name),
		rule(full_batch_is_one_event),
		rule(hub_reads_the_names_it_was_told_of),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
