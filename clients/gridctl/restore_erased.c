/* restore_erased.c - who was erased since the backup was made is erased again.
 *
 * The backup still has him. The list is the hub's (backend/erased.h): the one in the folder, if there is one, and the one
 * that --erased names. Each of them is put among what is due, where the first hub to start finds it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "keys.h"
#include "memory.h"
#include "restore.h"
#include "tool.h"

#define ERASED_FILE    "erased" /* backend/erased.h */
#define LINE_MAX_BYTES 96

static bool
fail_redis(struct restore *restore)
{
	return restore_fail(restore, "Redis", "Redis", restore->redis.trouble);
}

static bool
is_erased_there(struct restore *restore, struct id person)
{
	struct command *command = command_create("ZSCORE");
	redisReply *reply;
	bool there;

	command_key(command, person.partition, KEY_ERASED);
	command_arg_id(command, person);
	reply = direct_ask(&restore->redis, command);
	there = reply && reply->type == REDIS_REPLY_STRING;
	freeReplyObject(reply);
	return there;
}

static void
make_due(struct restore *restore, struct id person, struct text when)
{
	struct command *command = command_create("ZADD");
	char item[LINE_MAX_BYTES + 16], id[ID_TEXT];

	snprintf(item, sizeof(item), "erase %s %.*s", id_print(id, person), (int)when.len, when.data);
	command_key(command, person.partition, KEY_DUE);
	command_arg(command, when);
	command_arg(command, text_of(item));
	freeReplyObject(direct_ask(&restore->redis, command));
	restore->erased_count++;
}

/* "3.77 1649761234567" */
static bool
take_line(struct restore *restore, struct text line)
{
	struct text id = text_cut(&line, ' ');
	struct id person;
	uint64_t when;

	if (!id_parse(&person, id) || !text_to_u64(&when, line, ID_NUMBER_MAX))
		return restore_fail(restore, "the list of who was erased is damaged", "已删除者清单已损坏", NULL);
	if (!is_erased_there(restore, person))
		make_due(restore, person, line);
	return !direct_is_away(&restore->redis) || fail_redis(restore);
}

/* Each line of it; adds it to `copy`, if there is one. */
static bool
take_list(struct restore *restore, FILE *list, FILE *copy)
{
	char line[LINE_MAX_BYTES];
	bool good = true;

	while (good && fgets(line, sizeof(line), list)) {
		size_t len = strcspn(line, "\n");
		good = take_line(restore, (struct text){line, len});
		if (copy)
			fprintf(copy, "%.*s\n", (int)len, line);
	}
	return good;
}

/* The list in a folder, or one that is named itself. */
static FILE *
open_list(const char *path, const char *mode)
{
	char inside[4096];
	struct stat info;

	if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
		return fopen(path, mode);
	snprintf(inside, sizeof(inside), "%s/" ERASED_FILE, path);
	return fopen(inside, mode);
}

static bool
take_named(struct restore *restore, const char *path)
{
	FILE *list = open_list(path, "re"), *copy = list ? open_list(restore->folder, "ae") : NULL;
	bool good = copy && take_list(restore, list, copy);

	if (!copy)
		restore_fail(restore, path, path, strerror(errno));
	if (list)
		fclose(list);
	if (copy && fclose(copy) != 0)
		good = restore_fail(restore, "a file or folder cannot be used", "文件或目录不可用", strerror(errno));
	return good;
}

bool
restore_erased(struct restore *restore)
{
	const char *named = args_get(&restore->tool->args, "erased");
	FILE *own = open_list(restore->folder, "re");
	bool good = !own || take_list(restore, own, NULL);

	if (own)
		fclose(own);
	return good && (!named || take_named(restore, named));
}
