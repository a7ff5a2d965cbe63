/* p7.c - P7: a slow client costs bounded memory and delays nobody; then it goes on as if nothing had been.
 *
 * While ten thousand events pass one client does not read. The others' answers take no longer for it than they do anyway,
 * the hub grows by no more than that client's outbox, and when it comes back it ends with what the others know. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirror.h"
#include "raw.h"

#define MEMBERS   40
#define EVENTS    10000
#define OUTBOX_KB 256  /* --max-outbox as it is unless it is set */
#define NOISE_KB  8192 /* what a heap wanders by, with a sanitizer in it */
#define SAMPLES   (2 * EVENTS)
#define SLACK_US  50000

/* How long a member waits for each of his answers. */
struct waits {
	uint32_t us[SAMPLES];
	unsigned count;
	uint64_t since_us[MEMBERS];
};

static struct waits waits;

static uint64_t
resident_kb(pid_t pid)
{
	char path[64], line[256];
	unsigned long long kb = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	assert_non_null(file);
	while (kb == 0 && fgets(line, sizeof(line), file))
		sscanf(line, "VmRSS: %llu", &kb);
	fclose(file);
	return kb;
}

static int
by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* The 99th of a hundred. */
static uint32_t
p99(void)
{
	assert_true(waits.count > 100);
	qsort(waits.us, waits.count, sizeof(waits.us[0]), by_size);
	return waits.us[waits.count * 99 / 100];
}

/* Steps one after the other by each member, so that each has one request under way. */
static void
bustle_until(struct crowd *crowd, const struct mirror *mirror, unsigned events)
{
	waits.count = 0;
	while (mirror->events < events) {
		for (unsigned i = 0; i < MEMBERS; i++) {
			struct crowd_member *member = &crowd->members[i];
			if (member->waits)
				continue;
			if (waits.since_us[i] && waits.count < SAMPLES)
				waits.us[waits.count++] = (uint32_t)(member->answered_us - waits.since_us[i]);
			waits.since_us[i] = world_now_us();
			crowd_step(member);
		}
		crowd_turn(crowd);
	}
	crowd_settle(crowd);
}

/* Reads all there is and asks on until nothing is missing: the highest event it has heard of is the last of its log. */
static void
assert_hears_to_the_end(struct raw *slow, struct crowd *crowd)
{
	unsigned count;
	const Line *const *lines = crowd_chain(crowd, 0, &count);

	raw_come_back(slow, crowd->hubs[0], "slow");
	raw_watch(slow, .calls = {crowd->call}); /* it was told to take a snapshot */
	raw_expect(slow, to_show_call(crowd->call), "OK", "");
	for (unsigned after = 0; after < count; after += 200) {
		Answer *page = raw_ask(slow, to_list_chain(crowd->call, after, 200));
		for (size_t i = 0; i < page->chain_list->n_lines; i++)
			assert_int_equal(page->chain_list->lines[i]->state, lines[after + i]->state);
		free_answer(page);
	}
}

static void
who_does_not_read_delays_nobody(void **state)
{
	struct crowd *crowd = crowd_open(MEMBERS);
	struct mirror *mirror;
	struct raw slow;
	uint32_t before_us, meanwhile_us;
	uint64_t before_kb;

	(void)state;
	crowd_post(crowd, (struct posting){.limit = 10});
	mirror = mirror_open(crowd, 0, "mirror", NULL);
	bustle_until(crowd, mirror, EVENTS);
	before_us = p99();
	before_kb = resident_kb(crowd->hubs[0]->hub);

	raw_login_narrow(&slow, crowd->hubs[0], "slow");
	raw_watch(&slow, .calls = {crowd->call});
	bustle_until(crowd, mirror, 2 * EVENTS);
	meanwhile_us = p99();
	print_message("# p99 %u us before, %u us meanwhile; %llu kB before, %llu kB after\n", before_us, meanwhile_us,
		(unsigned long long)before_kb, (unsigned long long)resident_kb(crowd->hubs[0]->hub));
	assert_in_range(meanwhile_us, 0, 3 * before_us + SLACK_US);
	/* The chain itself has grown, too: 200 bytes a line are its own. */
	assert_in_range(resident_kb(crowd->hubs[0]->hub), 0, before_kb + OUTBOX_KB + EVENTS / 5 + NOISE_KB);
	assert_in_range(metric(crowd->hubs[0], "sessions_closed_total{reason=\"slow\"}"), 0,
		1); /* the kernel may hold it all */

	assert_hears_to_the_end(&slow, crowd);
	raw_close(&slow);
	mirror_close(mirror);
	crowd_close(crowd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_does_not_read_delays_nobody),
	};

	/* What is freed counts as free: AddressSanitizer would keep 256 MB of it. */
	setenv("ASAN_OPTIONS", "quarantine_size_mb=1", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
