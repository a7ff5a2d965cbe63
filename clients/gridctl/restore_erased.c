/* restore_erased.c - who was erased since the backup was made is erased again.
 *
 * The backup still has him. The list is the hub's (backend/erased.h): the one in the folder, if there is one, and the one
 * that --erased names. Each of them is put among what is due, where the first hub to start finds it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "folder.h"
#include "keys.h"
#include "memory.h"
#include "restore.h"
#include "tool.h"

#define ITEM_MAX_BYTES 96

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
	char item[ITEM_MAX_BYTES], id[ID_TEXT];

	snprintf(item, sizeof(item), "erase %s %.*s", id_print(id, person), (int)when.len, when.data);
	command_key(command, person.partition, KEY_DUE);
	command_arg(command, when);
	command_arg(command, text_of(item));
	freeReplyObject(direct_ask(&restore->redis, command));
	restore->erased_count++;
}

/* "3.77 1649761234567" */
static bool
parse_line(struct id *person, struct text *when, struct text line)
{
	struct text id = text_cut(&line, ' ');
	uint64_t at;

	*when = line;
	return id_parse(person, id) && text_to_u64(&at, line, ID_NUMBER_MAX);
}

/* Who stands in a line, if he can be read: for one that cannot, the others are not let off. `copy` may be NULL. */
static bool
take_line(struct restore *restore, struct text line, unsigned number, FILE *copy)
{
	struct id person;
	struct text when;

	if (!parse_line(&person, &when, line)) {
		fprintf(stderr,
			T("gridctl: the list of who was erased: line %u cannot be read, and is passed over\n",
				"gridctl: 已删除者清单：第 %u 行无法读取，已跳过\n"),
			number);
		return true;
	}
	if (copy)
		fprintf(copy, "%.*s\n", (int)line.len, line.data);
	if (!is_erased_there(restore, person))
		make_due(restore, person, when);
	return !direct_is_away(&restore->redis) || fail_redis(restore);
}

/* Each line of it, the last only if it was finished; adds it to `copy`, if there is one. */
static bool
take_list(struct restore *restore, FILE *list, FILE *copy)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	bool good = true;

	for (unsigned number = 1; good && (len = getline(&line, &room, list)) > 0; number++) {
		bool is_whole = line[len - 1] == '\n';
		good = take_line(restore, is_whole ? (struct text){line, (size_t)len - 1} : TEXT(""), number, copy);
	}
	free(line);
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
	snprintf(inside, sizeof(inside), "%s/" FOLDER_ERASED, path);
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

	restore->erased_known = own || named;
	if (own)
		fclose(own);
	return good && (!named || take_named(restore, named));
}
