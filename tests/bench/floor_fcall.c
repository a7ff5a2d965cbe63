/* floor_fcall.c - the least that a durable sign-up can cost: bare hiredis, which keeps so many calls of the same function
 * under way on the same Redis.
 *
 *   floor_fcall SOCKET CALL PLACE DEPTH COUNT [PID]    signs COUNT people up to an open call whose limit is 0, and prints one
 *                                                      line of JSON; PID is Redis', whose CPU is told
 *
 * What is sent is what the hub sends for a chain_join (verbs/chain.c), people and `once` anew each time. */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "command.h"
#include "keys.h"
#include "uuid.h"

struct floor_run {
	redisContext *redis;
	struct id call;
	struct place place;
	unsigned sent, heard, count;
	uint64_t *times_us; /* when sent, then how long it took */
	unsigned person;    /* the next one */
};

static void
die(const char *what)
{
	fprintf(stderr, "floor_fcall: %s\n", what);
	exit(1);
}

static void
add_stamp_keys(struct command *command, uint8_t partition, struct id person, const struct uuid *once)
{
	char id[ID_TEXT], text[UUID_TEXT];

	command_key(command, partition, KEY_META);
	command_key(command, partition, KEY_LOG);
	command_key(command, partition, KEY_ONCE, id_print(id, person), uuid_print(text, once));
}

static void
add_chain_keys(struct command *command, struct id call)
{
	char id[ID_TEXT];

	id_print(id, call);
	command_key(command, call.partition, KEY_CALL, id);
	command_key(command, call.partition, KEY_CALL_LINES, id);
	command_key(command, call.partition, KEY_CALL_LIVE, id);
	command_key(command, call.partition, KEY_CALL_WAITING, id);
	command_key(command, call.partition, KEY_CALL_CONFIRMED, id);
	command_key(command, call.partition, KEY_CALL_TALLY, id);
	command_key(command, call.partition, KEY_CALL_TEXTS, id);
	command_key(command, call.partition, KEY_CALL_OFFERED, id);
}

static void
send_one(struct floor_run *run)
{
	struct command *command = command_create("FCALL");
	struct id person = {.partition = 3, .number = run->person++};
	struct uuid once = uuid_make(clock_wall_ms());
	uint8_t digest[16];
	struct text whole;

	memcpy(digest, once.bytes, sizeof(digest));
	command_arg(command, TEXT("chain_join"));
	command_arg_u64(command, 11);
	add_stamp_keys(command, run->call.partition, person, &once);
	add_chain_keys(command, run->call);
	command_arg_id(command, person);
	command_arg_u64(command, uuid_time_ms(&once));
	command_arg(command, (struct text){(const char *)digest, sizeof(digest)});
	command_arg_id(command, run->call);
	command_arg_id(command, person);
	command_arg_place(command, run->place);
	command_arg_u64(command, 0);
	command_arg_u64(command, 1);
	command_arg(command, TEXT(""));
	command_arg(command, TEXT(""));
	command_arg(command, TEXT("1"));
	if (!command_finish(command, &whole) ||
		redisAppendFormattedCommand(run->redis, whole.data, whole.len) != REDIS_OK)
		die("no memory");
	command_destroy(command);
	run->times_us[run->sent++] = clock_mono_us();
}

static void
hear_one(struct floor_run *run)
{
	redisReply *reply;

	if (redisGetReply(run->redis, (void **)&reply) != REDIS_OK)
		die(run->redis->errstr);
	if (reply->type != REDIS_REPLY_ARRAY || reply->elements < 2 || strcmp(reply->element[0]->str, "OK") != 0)
		die(reply->type == REDIS_REPLY_ERROR ? reply->str : "a sign-up is refused");
	freeReplyObject(reply);
	run->times_us[run->heard] = clock_mono_us() - run->times_us[run->heard];
	run->heard++;
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *first = a, *second = b;

	return (*first > *second) - (*first < *second);
}

static uint64_t
cpu_us(clockid_t clock)
{
	struct timespec time;

	if (clock_gettime(clock, &time) != 0)
		die("Redis is gone");
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

int
main(int argc, char **argv)
{
	struct floor_run run = {0};
	unsigned depth;
	clockid_t clock = CLOCK_PROCESS_CPUTIME_ID;
	uint64_t from_us, took_us, before_us;

	if (argc < 6 || argc > 7 || !id_parse(&run.call, text_of(argv[2])) ||
		!place_parse(&run.place, text_of(argv[3])))
		die("usage: floor_fcall SOCKET CALL PLACE DEPTH COUNT [PID]");
	depth = (unsigned)strtoul(argv[4], NULL, 10);
	run.count = (unsigned)strtoul(argv[5], NULL, 10);
	if (argc == 7 && clock_getcpuclockid((pid_t)strtol(argv[6], NULL, 10), &clock) != 0)
		die("no Redis of that PID");
	run.redis = redisConnectUnix(argv[1]);
	run.times_us = calloc(run.count + 1, sizeof(uint64_t));
	if (!run.redis || run.redis->err || !run.times_us || depth == 0 || run.count == 0)
		die("no Redis");
	run.person = (unsigned)(clock_wall_ms() % 1000000000);
	before_us = cpu_us(clock);
	from_us = clock_mono_us();
	while (run.heard < run.count) {
		while (run.sent < run.count && run.sent - run.heard < depth)
			send_one(&run);
		hear_one(&run);
	}
	took_us = clock_mono_us() - from_us;
	qsort(run.times_us, run.count, sizeof(uint64_t), compare);
	printf("{\"work\":\"fcall\",\"depth\":%u,\"count\":%u,\"a_second\":%.0f,\"redis_cpu_us\":%.1f,\"p50_ms\":%.3f,"
	       "\"p99_ms\":%.3f}\n",
		depth, run.count, run.count * 1e6 / (double)took_us, (double)(cpu_us(clock) - before_us) / run.count,
		(double)run.times_us[run.count / 2] / 1000, (double)run.times_us[(run.count - 1) * 99ULL / 100] / 1000);
	redisFree(run.redis);
	free(run.times_us);
	return 0;
}
