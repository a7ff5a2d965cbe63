/* restore_convert.c - the redis-server that makes an append-only file of a snapshot. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "direct_call.h"
#include "keys.h"
#include "random.h"
#include "restore.h"
#include "server.h"
#include "tool.h"

#define POLL_US     10000
#define EPOCH_BYTES 16

/* The server. */

/* In the child: in a room of its own, on a socket there, and not longer than we live. */
static void
become_server(const struct restore *restore)
{
	static const char *const argv[] = {"redis-server", "--port", "0", "--unixsocket", SERVER_SOCKET,
		"--unixsocketperm", "700", "--dbfilename", RESTORE_SNAPSHOT, "--save", "", "--appendonly", "no",
		"--appendfsync", "always", "--maxmemory-policy", "noeviction", "--databases", "10001", "--logfile",
		SERVER_LOG, NULL};
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	if (chdir(restore->work) == 0)
		execvp(argv[0], UNCONST(argv));
	_exit(127);
}

static bool
has_ended(struct restore *restore)
{
	int status;

	if (restore->server == 0 || waitpid(restore->server, &status, WNOHANG) != restore->server)
		return restore->server == 0;
	restore->server = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		restore_fail(restore, "redis-server cannot be started: is it installed?",
			"无法启动 redis-server：是否已安装？", NULL);
	else
		restore_fail(restore, "Redis cannot load the snapshot", "Redis 无法载入该快照", NULL);
	return true;
}

/* However long it loads. */
static bool
start_server(struct restore *restore)
{
	int len = snprintf(
		restore->redis.address.path, sizeof(restore->redis.address.path), "%s/" SERVER_SOCKET, restore->work);

	if (len < 0 || (size_t)len >= sizeof(restore->redis.address.path))
		return restore_fail(
			restore, "the folder's path is too long for a socket", "目录路径过长，无法作为套接字", NULL);
	restore->server = fork();
	if (restore->server < 0)
		return restore_fail(restore, "no process", "无法创建进程", strerror(errno));
	if (restore->server == 0)
		become_server(restore);
	while (!has_ended(restore)) {
		if (direct_open(&restore->redis, restore->tool->timeout_ms))
			return true;
		direct_close(&restore->redis);
		usleep(POLL_US);
	}
	return false;
}

/* With its log written out. */
static bool
stop_server(struct restore *restore, bool good)
{
	int status = 0;

	direct_close(&restore->redis);
	if (restore->server == 0)
		return false;
	kill(restore->server, good ? SIGTERM : SIGKILL);
	waitpid(restore->server, &status, 0);
	restore->server = 0;
	return good && ((WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
			       restore_fail(restore, "Redis did not end in order", "Redis 未正常结束", NULL));
}

/* What is done to the data. */

/* Asks for something that must be done. */
static bool
demand(struct restore *restore, struct command *command)
{
	freeReplyObject(direct_ask(&restore->redis, command));
	return !direct_is_away(&restore->redis) || restore_fail(restore, "Redis", "Redis", restore->redis.trouble);
}

static bool
demand_words(struct restore *restore, const char *a, const char *b, const char *c, const char *d)
{
	struct command *command = command_create(a);

	for (size_t i = 0; i < 3; i++)
		if ((const char *[]){b, c, d}[i])
			command_arg(command, text_of((const char *[]){b, c, d}[i]));
	return demand(restore, command);
}

/* INFO's text; the caller frees the reply. NULL, noted, if there is none. */
static redisReply *
ask_info(struct restore *restore, const char *section)
{
	struct command *command = command_create("INFO");
	redisReply *reply;

	command_arg(command, text_of(section));
	reply = direct_ask(&restore->redis, command);
	if (reply && reply->type == REDIS_REPLY_STRING)
		return reply;
	freeReplyObject(reply);
	restore_fail(restore, "Redis", "Redis", restore->redis.trouble);
	return NULL;
}

/* The database it came from becomes the first, which is a hub's own; what others had in theirs goes. */
static bool
keep_one_database(struct restore *restore)
{
	char number[16];
	redisReply *info;
	bool good = true;

	snprintf(number, sizeof(number), "%u", restore->head.database);
	if (restore->head.database > 0 && !demand_words(restore, "SWAPDB", "0", number, NULL))
		return false;
	info = ask_info(restore, "keyspace");
	if (!info)
		return false;
	for (const char *at = info->str; good && (at = strstr(at, "\ndb")); at++) {
		snprintf(number, sizeof(number), "%lu", strtoul(at + 3, NULL, 10));
		if (strcmp(number, "0") != 0)
			good = demand_words(restore, "SELECT", number, NULL, NULL) &&
			       demand_words(restore, "FLUSHDB", NULL, NULL, NULL);
	}
	freeReplyObject(info);
	return good && demand_words(restore, "SELECT", "0", NULL, NULL);
}

static struct command *
about_meta(const char *name, uint8_t partition, const char *field, const char *value)
{
	struct command *command = command_create(name);

	command_key(command, partition, KEY_META);
	command_arg(command, text_of(field));
	if (value)
		command_arg(command, text_of(value));
	return command;
}

/* Every partition must be there, in the layout that this version knows. */
static bool
check_layout(struct restore *restore)
{
	bool good = true;

	for (uint8_t i = 0; i < PARTITIONS && good; i++) {
		redisReply *reply = direct_ask(&restore->redis, about_meta("HGET", i, "layout", NULL));
		good = reply && text_equal(reply_string(reply), TEXT(DATA_LAYOUT));
		freeReplyObject(reply);
	}
	if (direct_is_away(&restore->redis))
		return restore_fail(restore, "Redis", "Redis", restore->redis.trouble);
	return good || restore_fail(restore, "the data is laid out for another version", "数据布局属于其他版本", NULL);
}

static bool
begin_epoch(struct restore *restore)
{
	redisReply *reply;
	bool good;

	for (size_t i = 0; i < EPOCH_BYTES; i++) {
		uint8_t byte;
		random_fill(&byte, 1);
		snprintf(restore->epoch + 2 * i, 3, "%02x", byte);
	}
	direct_begin(&restore->redis);
	for (uint8_t i = 0; i < PARTITIONS; i++)
		direct_send(&restore->redis, about_meta("HSET", i, "epoch", restore->epoch));
	reply = direct_together(&restore->redis, PARTITIONS);
	good = reply;
	freeReplyObject(reply);
	return good || restore_fail(restore, "Redis", "Redis", restore->redis.trouble);
}

/* By whom, and of when the data is; when it was restored is the time of the entry. */
static bool
note_in_log(struct restore *restore)
{
	char detail[96], trouble[DIRECT_TROUBLE];

	snprintf(detail, sizeof(detail), "made=%s uid=%u", restore->head.made, (unsigned)getuid());
	return direct_call_audit(&restore->redis, 0, "restore", "", detail, trouble) ||
	       restore_fail(restore, "the audit log", "审计日志", trouble);
}

static bool
says(const redisReply *info, const char *line)
{
	return strstr(info->str, line);
}

/* Turns the append-only file on, which makes Redis write all it holds into a new one. */
static bool
write_log(struct restore *restore)
{
	redisReply *info;
	bool done = false, failed = false;

	if (!demand_words(restore, "CONFIG", "SET", "appendonly", "yes"))
		return false;
	while (!done && !failed) {
		usleep(POLL_US);
		info = ask_info(restore, "persistence");
		if (!info)
			return false;
		failed = says(info, "aof_last_bgrewrite_status:err");
		done = says(info, "aof_enabled:1") && says(info, "aof_rewrite_in_progress:0") &&
		       says(info, "aof_rewrite_scheduled:0");
		freeReplyObject(info);
	}
	return !failed ||
	       restore_fail(restore, "Redis could not write its append-only file", "Redis 无法写入 AOF 文件", NULL);
}

bool
restore_convert(struct restore *restore)
{
	bool good = start_server(restore) && keep_one_database(restore) && check_layout(restore) &&
		    begin_epoch(restore) && restore_erased(restore) && note_in_log(restore) && write_log(restore);

	return stop_server(restore, good);
}
