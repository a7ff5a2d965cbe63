/* registrations.c - a launch: many people come by WeChat, bind the phones that the roster has, and register. So many are
 * REGISTRATIONS in the environment (`./run bench registrations`), 200 without. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audited.h"
#include "clock.h"
#include "raw.h"
#include "worlds.h"

#define AT_ONCE 64
#define ROWS    200 /* of one import */

static const char *const launch_flags[] = {"--address-budget=1000000", NULL};

struct newcomer {
	struct raw raw;
	uint64_t login, bind;
	char code[32], phone_code[32], number[16], name[24];
};

static unsigned
how_many(void)
{
	const char *text = getenv("REGISTRATIONS");

	return text ? (unsigned)strtoul(text, NULL, 10) : 200;
}

static void
print_number(char out[16], unsigned index)
{
	snprintf(out, 16, "139%08u", index);
}

static void
import_roster(struct world *w, unsigned count)
{
	static char numbers[ROWS][16], names[ROWS][24];
	const char *columns[4 * ROWS + 1];

	for (unsigned first = 0; first < count; first += ROWS) {
		unsigned rows = count - first < ROWS ? count - first : ROWS;
		for (unsigned i = 0; i < rows; i++) {
			print_number(numbers[i], first + i);
			snprintf(names[i], sizeof(names[i]), "n%u", first + i);
			columns[4 * i] = numbers[i];
			columns[4 * i + 1] = names[i];
			columns[4 * i + 2] = "西吴社区第一党支部";
			columns[4 * i + 3] = first % 2 ? GRID_A : GRID_B;
		}
		columns[4 * rows] = NULL;
		expect(person(w, "worker"), to_roster_rows(false, columns), "OK", "");
	}
}

static void
come(struct world *w, struct newcomer *newcomer, unsigned index)
{
	snprintf(newcomer->code, sizeof(newcomer->code), "login-%u", index);
	snprintf(newcomer->phone_code, sizeof(newcomer->phone_code), "phone-%u", index);
	print_number(newcomer->number, index);
	stand_in_phone_code(w->wechat, newcomer->phone_code, newcomer->number);
	raw_open(&newcomer->raw, w);
	newcomer->login = raw_send(&newcomer->raw, to_login_by_wechat(newcomer->code), to_bind(newcomer->phone_code));
	newcomer->bind = newcomer->login + 1;
}

/* He is who he is, and the roster knows him. */
static void
take_in(struct newcomer *newcomer, char id[ID_TEXT])
{
	Answer *answer = raw_answer(&newcomer->raw, newcomer->login);

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	snprintf(id, ID_TEXT, "%s", answer->login->person);
	free_answer(answer);
	answer = raw_answer(&newcomer->raw, newcomer->bind);
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	assert_true(answer->phone_bind->listed);
	free_answer(answer);
	newcomer->login = raw_send(&newcomer->raw, to_register(GRID_A, "whoever", ""));
}

static void
see_off(struct newcomer *newcomer)
{
	Answer *answer = raw_answer(&newcomer->raw, newcomer->login);

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	assert_int_equal(
		answer->member_register->state, GRIDVANGUARD__V1__REGISTRATION_STATE__REGISTRATION_STATE_REGISTERED);
	free_answer(answer);
	raw_close(&newcomer->raw);
}

static void
register_all(struct world *w, unsigned count, char (*ids)[ID_TEXT])
{
	static struct newcomer at_once[AT_ONCE];

	for (unsigned first = 0; first < count; first += AT_ONCE) {
		unsigned some = count - first < AT_ONCE ? count - first : AT_ONCE;
		for (unsigned i = 0; i < some; i++)
			come(w, &at_once[i], first + i);
		for (unsigned i = 0; i < some; i++)
			take_in(&at_once[i], ids[first + i]);
		for (unsigned i = 0; i < some; i++)
			see_off(&at_once[i]);
	}
}

static uint64_t
rss_kb(const struct world *w)
{
	char path[64], line[128];
	unsigned long kb = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)w->hub);
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "VmRSS: %lu", &kb) == 1)
			break;
	fclose(file);
	return kb;
}

/* Another code of the same openid: the same person, by the roster's name. */
static void
assert_same_again(struct world *w, unsigned count, char (*ids)[ID_TEXT])
{
	unsigned step = count > 2000 ? count / 1000 : 1;
	char code[32], openid[40], name[24];

	for (unsigned i = 0; i < count; i += step) {
		struct raw raw;
		Answer *answer;
		snprintf(code, sizeof(code), "again-%u", i);
		snprintf(openid, sizeof(openid), "o-login-%u", i);
		snprintf(name, sizeof(name), "n%u", i);
		stand_in_code(w->wechat, code, openid);
		raw_open(&raw, w);
		answer = raw_ask(&raw, to_login_by_wechat(code));
		assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
		assert_string_equal(answer->login->person, ids[i]);
		assert_string_equal(answer->login->name, name);
		assert_string_equal(answer->login->place, GRID_A);
		free_answer(answer);
		raw_close(&raw);
	}
}

static void
assert_all_there(struct world *w, unsigned count)
{
	Answer *answer = ask(person(w, "worker"), to_list_tallies(GRID_A, 0, "", 1));

	assert_int_equal(answer->tally_list->tallies[0]->members, count);
	free_answer(answer);
}

static void
all_who_come_are_there_and_none_twice(void **state)
{
	struct world *w = *state;
	unsigned count = how_many();
	char(*ids)[ID_TEXT] = calloc(count, ID_TEXT);
	uint64_t start, took, before;

	assert_non_null(ids);
	import_roster(w, count);
	before = rss_kb(w);
	start = clock_mono_us();
	register_all(w, count, ids);
	took = clock_mono_us() - start;
	print_message("# {\"registered\": %u, \"seconds\": %.1f, \"a_second\": %.0f, \"bytes_each\": %.0f}\n", count,
		(double)took / 1e6, count * 1e6 / (double)took, ((double)rss_kb(w) - (double)before) * 1024 / count);
	assert_all_there(w, count);
	assert_same_again(w, count, ids);
	assert_all_there(w, count);
	assert_audit_clean(w);
	free(ids);
}

/* Two hubs hear of somebody for the first time at once. */
static void
two_hubs_make_one_person_of_him(void **state)
{
	static char url[200], key[200];
	struct world *w = *state, *other;
	const char *flags[] = {"--redis", url, "--key-file", key, "--wechat-appid=" STAND_IN_APPID, w->wechat_base,
		w->wechat_secret, NULL};
	char code[2][32], ids[2][ID_TEXT];

	snprintf(url, sizeof(url), "unix:%s/redis.sock", w->folder);
	snprintf(key, sizeof(key), "%s/phones.key", w->folder);
	other = world_prepare(flags);
	hub_start(other);
	for (unsigned round = 0; round < 20; round++) {
		struct raw raws[2];
		uint64_t asked[2];
		char openid[16];
		snprintf(openid, sizeof(openid), "o-new-%u", round);
		for (unsigned i = 0; i < 2; i++) {
			snprintf(code[i], sizeof(code[i]), "first-%u-%u", round, i);
			stand_in_code(w->wechat, code[i], openid);
			raw_open(&raws[i], i ? other : w);
		}
		for (unsigned i = 0; i < 2; i++)
			asked[i] = raw_send(&raws[i], to_login_by_wechat(code[i]));
		for (unsigned i = 0; i < 2; i++) {
			Answer *answer = raw_answer(&raws[i], asked[i]);
			assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
			snprintf(ids[i], ID_TEXT, "%s", answer->login->person);
			free_answer(answer);
			raw_close(&raws[i]);
		}
		assert_string_equal(ids[0], ids[1]);
	}
	world_close(other);
	assert_audit_clean(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		fresh_with_wechat(all_who_come_are_there_and_none_twice, launch_flags),
		fresh_with_wechat(two_hubs_make_one_person_of_him, NULL),
	};

	return run_in_worlds(tests);
}
