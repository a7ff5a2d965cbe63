#include "direct.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "keys.h"
#include "server.h"
#include "tool.h"

#define PAGE      "200"  /* of a collection; Redis takes 0.1 ms for that */
#define KEYS_PAGE "500"  /* of the names of keys */
#define BUSY_US   50000  /* so long the answers take when Redis has other things to do; one write to its disk is less */
#define PAUSE_US  100000 /* the longest pause for that */

static bool
wrong_usage(const char *what)
{
	fprintf(stderr, "gridctl: %s\n", what);
	return false;
}

bool
direct_find(struct direct *direct, struct tool *tool)
{
	const char *url = args_get(&tool->args, "redis"), *folder = tool_folder(tool), *why;
	int len;

	*direct = (struct direct){.redis = NULL};
	if (url && redis_address_parse(&direct->address, text_of(url), &why))
		return true;
	if (url) {
		fprintf(stderr, "gridctl: --redis: %s\n", why);
		return false;
	}
	if (!folder)
		return wrong_usage(T(
			"say which data: --data FOLDER or --redis URL", "请指明数据：--data 数据目录 或 --redis 地址"));
	len = snprintf(direct->address.path, sizeof(direct->address.path), "%s/" SERVER_SOCKET, folder);
	if (len < 0 || (size_t)len >= sizeof(direct->address.path))
		return wrong_usage(T("--data: the path is too long for a socket", "--data：路径过长，无法作为套接字"));
	return true;
}

static bool
fail(struct direct *direct, const char *trouble)
{
	if (direct->trouble[0] == '\0')
		snprintf(direct->trouble, sizeof(direct->trouble), "%s", trouble);
	return false;
}

bool
direct_is_away(const struct direct *direct)
{
	return direct->trouble[0] != '\0';
}

/* Asks for something without which nothing goes. */
static bool
demand(struct direct *direct, struct command *command)
{
	redisReply *reply = direct_ask(direct, command);

	freeReplyObject(reply);
	return !direct_is_away(direct);
}

static bool
greet(struct direct *direct)
{
	const struct redis_address *address = &direct->address;
	struct command *command;

	if (address->password[0]) {
		command = command_create("AUTH");
		if (address->user[0])
			command_arg(command, text_of(address->user));
		command_arg(command, text_of(address->password));
		if (!demand(direct, command))
			return false;
	}
	command = command_create("SELECT");
	command_arg_u64(command, address->database);
	if (!demand(direct, command))
		return false;
	command = command_create("EXISTS"); /* refused as long as Redis is loading its data */
	command_key(command, 0, KEY_META);
	return demand(direct, command);
}

bool
direct_open(struct direct *direct, uint32_t timeout_ms)
{
	struct timeval patience = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
	const struct redis_address *address = &direct->address;

	direct->under_way = 0;
	signal(SIGPIPE, SIG_IGN); /* hiredis writes to a connection that may be gone */
	direct->trouble[0] = '\0';
	direct->redis = address->path[0] ? redisConnectUnixWithTimeout(address->path, patience)
					 : redisConnectWithTimeout(address->host, address->port, patience);
	if (!direct->redis)
		return fail(direct, "no memory");
	if (direct->redis->err)
		return fail(direct, direct->redis->errstr);
	redisSetTimeout(direct->redis, patience);
	return greet(direct);
}

void
direct_close(struct direct *direct)
{
	redisFree(direct->redis);
	direct->redis = NULL;
}

void
direct_send(struct direct *direct, struct command *command)
{
	struct text bytes;

	if (direct->under_way++ == 0)
		direct->asked_us = clock_mono_us();
	if (!direct_is_away(direct)) {
		if (!command_finish(command, &bytes) ||
			redisAppendFormattedCommand(direct->redis, bytes.data, bytes.len) != REDIS_OK)
			fail(direct, "no memory");
	}
	command_destroy(command);
}

/* An error that says something of the server and not of the data. */
static bool
is_refusal(const redisReply *reply)
{
	return reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, "WRONGTYPE", strlen("WRONGTYPE")) != 0;
}

static void
give_way(struct direct *direct)
{
	uint64_t took_us = clock_mono_us() - direct->asked_us;

	if (took_us > BUSY_US)
		usleep((useconds_t)MIN(took_us, PAUSE_US));
}

redisReply *
direct_take(struct direct *direct)
{
	void *taken = NULL;
	redisReply *reply;

	direct->under_way--;
	if (direct_is_away(direct))
		return NULL;
	if (redisGetReply(direct->redis, &taken) != REDIS_OK)
		fail(direct, direct->redis->errstr);
	if (direct->under_way == 0)
		give_way(direct);
	reply = taken;
	if (reply && is_refusal(reply)) {
		fail(direct, reply->str);
		freeReplyObject(reply);
		return NULL;
	}
	return reply;
}

redisReply *
direct_ask(struct direct *direct, struct command *command)
{
	direct_send(direct, command);
	return direct_take(direct);
}

void
direct_begin(struct direct *direct)
{
	direct_send(direct, command_create("MULTI"));
}

void
direct_end(struct direct *direct)
{
	direct_send(direct, command_create("EXEC"));
}

redisReply *
direct_together(struct direct *direct, unsigned count)
{
	direct_end(direct);
	return direct_take_together(direct, count);
}

redisReply *
direct_take_together(struct direct *direct, unsigned count)
{
	redisReply *reply;
	bool good;

	for (unsigned i = 0; i < count + 1; i++) /* MULTI's OK, and QUEUED for each */
		freeReplyObject(direct_take(direct));
	reply = direct_take(direct);
	good = reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == count;
	for (unsigned i = 0; good && i < count; i++)
		good = !is_refusal(reply->element[i]) || fail(direct, reply->element[i]->str);
	if (good)
		return reply;
	fail(direct, "EXEC");
	freeReplyObject(reply);
	return NULL;
}

/* Takes a page, and says where the next one begins; "0" behind the last. */
static bool
read_page(struct direct *direct, struct command *command, char cursor[24], direct_page *page, void *context)
{
	redisReply *reply = direct_ask(direct, command);
	bool good = reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2;

	if (good) {
		snprintf(cursor, 24, "%s", reply->element[0]->str);
		page(reply->element[1], context);
	}
	freeReplyObject(reply);
	return good;
}

bool
direct_scan(
	struct direct *direct, const char *name, uint8_t partition, const char *key, direct_page *page, void *context)
{
	char cursor[24] = "0";

	do {
		struct command *command = command_create(name);
		command_key(command, partition, "%s", key);
		command_arg(command, text_of(cursor));
		command_arg(command, TEXT("COUNT"));
		command_arg(command, TEXT(PAGE));
		if (!read_page(direct, command, cursor, page, context))
			return false;
	} while (strcmp(cursor, "0") != 0);
	return true;
}

bool
direct_scan_keys(struct direct *direct, direct_page *page, void *context)
{
	char cursor[24] = "0";

	do {
		struct command *command = command_create("SCAN");
		command_arg(command, text_of(cursor));
		command_arg(command, TEXT("COUNT"));
		command_arg(command, TEXT(KEYS_PAGE));
		if (!read_page(direct, command, cursor, page, context))
			return false;
	} while (strcmp(cursor, "0") != 0);
	return true;
}

uint64_t
direct_now_ms(const redisReply *time)
{
	if (time->type != REDIS_REPLY_ARRAY || time->elements != 2)
		return 0;
	return strtoull(time->element[0]->str, NULL, 10) * 1000 + strtoull(time->element[1]->str, NULL, 10) / 1000;
}
