/* backup.c - all data into one file, while it is used.
 *
 * It comes to Redis as a replica does (SYNC, with REPLCONF rdb-only) and is sent a snapshot as of one moment, which
 * Redis writes in a child process while everybody goes on. So one way serves the Redis of a data folder and one on
 * another machine alike; it needs nothing of the server's files, leaves none there, and waits where BGSAVE would be
 * refused, while the log is being rewritten. Whatever was acknowledged before it began is in it.
 *
 * The protocol: Redis says newlines while it prepares, then "$EOF:" and a mark of 40 bytes, the snapshot, and the mark
 * again; or, where it is set to write snapshots to its disk first, "$" and the length. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backup_file.h"
#include "direct_call.h"
#include "direct.h"
#include "keys.h"
#include "memory.h"
#include "tool.h"

#define MARK      40
#define SILENCE_S 60 /* without a byte from Redis it is given up; it says something every few seconds at least */

struct backup {
	struct tool *tool;
	struct direct redis;
	struct backup_head head;
	char draft[4096]; /* its name until it is whole */
	int file;
	crypto_hash_sha256_state digest;
	char bytes[MARK + 65536]; /* of the snapshot, not written yet */
	size_t len;
	bool has_mark;
	char mark[MARK];
	uint64_t left; /* without a mark: bytes that are still to come */
	char trouble[192];
};

static bool
fail(struct backup *backup, const char *trouble)
{
	if (backup->trouble[0] == '\0')
		snprintf(backup->trouble, sizeof(backup->trouble), "%s", trouble);
	return false;
}

/* What it is of. */
static bool
read_meta(struct backup *backup)
{
	struct command *command = command_create("HMGET");
	redisReply *reply;
	struct text layout, epoch;

	command_key(command, 0, KEY_META);
	command_arg(command, TEXT("layout"));
	command_arg(command, TEXT("epoch"));
	reply = direct_ask(&backup->redis, command);
	if (!reply)
		return false;
	layout = reply->type == REDIS_REPLY_ARRAY ? reply_string(reply->element[0]) : TEXT("");
	epoch = reply->type == REDIS_REPLY_ARRAY ? reply_string(reply->element[1]) : TEXT("");
	snprintf(backup->head.layout, sizeof(backup->head.layout), "%s", layout.data);
	snprintf(backup->head.epoch, sizeof(backup->head.epoch), "%s", epoch.data);
	snprintf(backup->head.version, sizeof(backup->head.version), "%s", GV_VERSION);
	clock_print(backup->head.made, clock_wall_ms());
	backup->head.database = backup->redis.address.database;
	freeReplyObject(reply);
	if (backup->head.layout[0] && backup->head.epoch[0])
		return true;
	return fail(backup, T("there is no data of Grid Vanguard there", "那里没有网格先锋队的数据"));
}

/* As a replica that wants a snapshot and no more. */
static bool
introduce(struct backup *backup)
{
	static const char *const words[][2] = {{"rdb-only", "1"}, {"capa", "eof"}};
	struct timeval silence = {.tv_sec = SILENCE_S};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct command *command = command_create("REPLCONF");
		command_arg(command, text_of(words[i][0]));
		command_arg(command, text_of(words[i][1]));
		freeReplyObject(direct_ask(&backup->redis, command));
	}
	if (direct_is_away(&backup->redis))
		return false;
	if (setsockopt(backup->redis.redis->fd, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof(silence)) != 0)
		return fail(backup, strerror(errno));
	return write(backup->redis.redis->fd, "SYNC\r\n", 6) == 6 || fail(backup, strerror(errno));
}

/* More bytes, behind those there are. */
static bool
receive(struct backup *backup)
{
	ssize_t got = read(backup->redis.redis->fd, backup->bytes + backup->len, sizeof(backup->bytes) - backup->len);

	if (got > 0) {
		backup->len += (size_t)got;
		return true;
	}
	return fail(backup, got == 0 ? T("Redis ended the connection before the snapshot was whole",
					       "Redis 在快照完整之前断开了连接")
				     : strerror(errno));
}

static void
drop(struct backup *backup, size_t len)
{
	memmove(backup->bytes, backup->bytes + len, backup->len - len);
	backup->len -= len;
}

/* The line in front of the snapshot, and the newlines in front of that. */
static bool
read_announcement(struct backup *backup)
{
	char line[128];
	const char *end;

	do {
		size_t newlines = 0;
		while (newlines < backup->len && backup->bytes[newlines] == '\n')
			newlines++;
		drop(backup, newlines);
		end = backup->len > 0 ? memchr(backup->bytes, '\n', backup->len) : NULL;
		if (!end && (backup->len >= sizeof(line) || !receive(backup)))
			return fail(backup, "?");
	} while (!end);
	snprintf(line, sizeof(line), "%.*s", (int)(end - backup->bytes), backup->bytes);
	line[strcspn(line, "\r")] = '\0';
	drop(backup, (size_t)(end - backup->bytes) + 1);
	if (strncmp(line, "$EOF:", 5) == 0 && strlen(line) == 5 + MARK) {
		memcpy(backup->mark, line + 5, MARK);
		backup->has_mark = true;
		return true;
	}
	return (line[0] == '$' && text_to_u64(&backup->left, text_of(line + 1), INT64_MAX)) || fail(backup, line);
}

static bool
write_out(struct backup *backup, size_t len)
{
	off_t at = BACKUP_HEAD + (off_t)backup->head.size;

	for (size_t done = 0; done < len;) {
		ssize_t wrote = pwrite(backup->file, backup->bytes + done, len - done, at + (off_t)done);
		if (wrote <= 0)
			return fail(backup, strerror(errno));
		done += (size_t)wrote;
	}
	crypto_hash_sha256_update(&backup->digest, (const unsigned char *)backup->bytes, len);
	backup->head.size += len;
	drop(backup, len);
	return true;
}

/* Until the mark has come: it is never written out. */
static bool
read_to_mark(struct backup *backup)
{
	for (;;) {
		if (backup->len >= MARK && memcmp(backup->bytes + backup->len - MARK, backup->mark, MARK) == 0)
			return write_out(backup, backup->len - MARK);
		if (backup->len > MARK && !write_out(backup, backup->len - MARK))
			return false;
		if (!receive(backup))
			return false;
	}
}

static bool
read_by_length(struct backup *backup)
{
	while (backup->left > 0) {
		size_t len = MIN(backup->len, backup->left);
		if (len == 0 && !receive(backup))
			return false;
		if (!write_out(backup, len))
			return false;
		backup->left -= len;
	}
	return true;
}

static bool
finish_file(struct backup *backup)
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	char magic[5] = "";

	crypto_hash_sha256_final(&backup->digest, digest);
	sodium_bin2hex(backup->head.sha256, sizeof(backup->head.sha256), digest, sizeof(digest));
	if (pread(backup->file, magic, sizeof(magic), BACKUP_HEAD) != sizeof(magic) ||
		memcmp(magic, "REDIS", sizeof(magic)) != 0)
		return fail(backup, T("what Redis sent is no snapshot", "Redis 发来的不是快照"));
	if (!backup_head_write(backup->file, &backup->head) || fsync(backup->file) != 0)
		return fail(backup, strerror(errno));
	return true;
}

static bool
receive_snapshot(struct backup *backup)
{
	crypto_hash_sha256_init(&backup->digest);
	return read_meta(backup) && introduce(backup) && read_announcement(backup) &&
	       (backup->has_mark ? read_to_mark(backup) : read_by_length(backup)) && finish_file(backup);
}

/* Under its name, unless there is something by then. */
static bool
name_file(struct backup *backup, const char *path)
{
	char copy[4096];
	int folder;

	if (renameat2(AT_FDCWD, backup->draft, AT_FDCWD, path, RENAME_NOREPLACE) != 0)
		return fail(backup, strerror(errno));
	snprintf(copy, sizeof(copy), "%s", path);
	folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder >= 0) {
		fsync(folder);
		close(folder);
	}
	return true;
}

static int
tell(const struct backup *backup, const char *path)
{
	if (backup->tool->json)
		print_json(json_pack("{s:s, s:s, s:s, s:I, s:s}", "file", path, "made", backup->head.made, "epoch",
			backup->head.epoch, "bytes", (json_int_t)backup->head.size + BACKUP_HEAD, "sha256",
			backup->head.sha256));
	else
		printf(T("%s: %llu bytes, as of %s\n", "%s：%llu 字节，截至 %s\n"), path,
			(unsigned long long)backup->head.size + BACKUP_HEAD, backup->head.made);
	return EXIT_DONE;
}

/* Never over something that is there: it may be another's, or lead elsewhere. */
static bool
fail_draft(struct backup *backup)
{
	return fail(backup, errno == EEXIST ? T("FILE.part is there: remove it if no backup is under way",
						      "已有 FILE.part：若无备份正在进行，请先删除")
					    : strerror(errno));
}

static int
make_backup(struct backup *backup, const char *path)
{
	bool good;

	if (access(path, F_OK) == 0) {
		fprintf(stderr, T("gridctl: %s is there already\n", "gridctl: %s 已存在\n"), path);
		return EXIT_REFUSED;
	}
	if (!direct_open(&backup->redis, backup->tool->timeout_ms)) {
		fprintf(stderr, T("gridctl: no Redis answers there: %s\n", "gridctl: Redis 没有应答：%s\n"),
			backup->redis.trouble);
		return EXIT_AWAY;
	}
	snprintf(backup->draft, sizeof(backup->draft), "%s.part", path);
	backup->file = open(backup->draft, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	good = backup->file >= 0 ? receive_snapshot(backup) : fail_draft(backup);
	if (backup->file >= 0)
		close(backup->file);
	good = good && name_file(backup, path);
	if (good)
		return tell(backup, path);
	if (backup->file >= 0)
		unlink(backup->draft);
	fprintf(stderr, T("gridctl: no backup was made: %s\n", "gridctl: 未能备份：%s\n"),
		backup->trouble[0] ? backup->trouble : backup->redis.trouble);
	return EXIT_LOCAL;
}

int
run_backup(struct tool *tool)
{
	struct backup *backup = or_die(calloc(1, sizeof(*backup)));
	int status = EXIT_USAGE;

	backup->tool = tool;
	if (direct_find(&backup->redis, tool)) {
		status = make_backup(backup, tool->args.words[0]);
		direct_close(&backup->redis);
	}
	if (status == EXIT_DONE)
		direct_note(tool, "backup", "");
	free(backup);
	return status;
}
