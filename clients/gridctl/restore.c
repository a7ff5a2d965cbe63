/* restore.c - the data of a backup into a data folder on which nothing runs.
 *
 * Both locks of the folder are taken first (a hub's and its Redis'), and held to the end. The snapshot is loaded by a
 * redis-server of our own in FOLDER/restoring, which nobody else can reach; there the logs get a new epoch, so that
 * clients with cursors from before are told to take a snapshot. Redis prefers its append-only file to a snapshot when it
 * starts, so that server also writes one, and it is that which is put into the folder: in one rename, as the last step
 * of all. Until then nothing in the folder has changed. What it takes the place of (only if told to) is kept beside it. */
#include "restore.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup_file.h"
#include "memory.h"
#include "random.h"
#include "server.h"
#include "tool.h"

#define HUB_LOCK "hub.lock" /* backend/folder.c */
#define LOG      "appendonlydir"

bool
restore_fail(struct restore *restore, const char *english, const char *chinese, const char *detail)
{
	if (restore->trouble[0] == '\0')
		snprintf(restore->trouble, sizeof(restore->trouble), "%s%s%s", T(english, chinese), detail ? ": " : "",
			detail ? detail : "");
	return false;
}

static bool
fail_errno(struct restore *restore)
{
	return restore_fail(restore, "a file or folder cannot be used", "文件或目录不可用", strerror(errno));
}

/* The caller frees it. */
static char *
path_in(const char *folder, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", folder, name) >= 0 ? path : or_die(NULL);
}

static int
open_in(const char *folder, const char *name, int flags)
{
	char *path = path_in(folder, name);
	int file = open(path, flags | O_CLOEXEC, 0600);

	free(path);
	return file;
}

/* The folder and its locks. */

static bool
take_lock(struct restore *restore, const char *name, int *lock, const char *english, const char *chinese)
{
	*lock = open_in(restore->folder, name, O_RDWR | O_CREAT);
	if (*lock < 0)
		return fail_errno(restore);
	return flock(*lock, LOCK_EX | LOCK_NB) == 0 || restore_fail(restore, english, chinese, NULL);
}

static bool
take_folder(struct restore *restore)
{
	if (mkdir(restore->folder, 0700) != 0 && errno != EEXIST)
		return fail_errno(restore);
	return take_lock(restore, HUB_LOCK, &restore->hub_lock, "a hub runs on this folder: stop it first",
		       "该目录上有中枢在运行：请先停止它") &&
	       take_lock(restore, SERVER_LOCK, &restore->redis_lock,
		       "the Redis of this folder is still running: stop its hub first",
		       "该目录的 Redis 仍在运行：请先停止其中枢");
}

/* The room to work in. */

static int
remove_one(const char *path, const struct stat *info, int kind, struct FTW *ftw)
{
	(void)info;
	(void)kind;
	(void)ftw;
	return remove(path);
}

/* One that was left by a restore that was killed is in nobody's use, for we hold the locks. */
static bool
make_room(struct restore *restore)
{
	nftw(restore->work, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return mkdir(restore->work, 0700) == 0 || fail_errno(restore);
}

static bool
copy_snapshot(struct restore *restore)
{
	char bytes[65536];
	off_t at = BACKUP_HEAD;
	ssize_t len;
	int out = open_in(restore->work, RESTORE_SNAPSHOT, O_WRONLY | O_CREAT | O_EXCL);

	if (out < 0)
		return fail_errno(restore);
	while ((len = pread(restore->file, bytes, sizeof(bytes), at)) > 0 && write(out, bytes, (size_t)len) == len)
		at += len;
	if (len != 0)
		fail_errno(restore);
	return close(out) == 0 && len == 0;
}

/* In its place. */

/* What is there is kept beside, but who does not expect any data there shall not find another's in use. */
static bool
may_replace(struct restore *restore)
{
	char *log = path_in(restore->folder, LOG);
	bool there = access(log, F_OK) == 0;

	free(log);
	return !there || args_get(&restore->tool->args, "replace") ||
	       restore_fail(restore, "the folder holds data: with --replace the backup takes its place",
		       "该目录已有数据：加 --replace 以备份取而代之", NULL);
}

static bool
sync_folder(const char *path)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = folder >= 0 && fsync(folder) == 0;

	if (folder >= 0)
		close(folder);
	return good;
}

/* The new log against the old one, which has its last name from that moment on: there is none without a log. */
static bool
exchange(struct restore *restore, const char *made, const char *place)
{
	char name[64];

	if (renameat2(AT_FDCWD, made, AT_FDCWD, place, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EEXIST)
		return false;
	snprintf(name, sizeof(name), LOG ".before-%" PRIu64, clock_wall_ms());
	restore->kept = path_in(restore->folder, name);
	if (rename(made, restore->kept) != 0)
		return false;
	if (renameat2(AT_FDCWD, restore->kept, AT_FDCWD, place, RENAME_EXCHANGE) == 0)
		return true;
	rename(restore->kept, made);
	return false;
}

/* Once exchanged it is restored, even if the disk is slow to say so. */
static bool
put_in_place(struct restore *restore)
{
	char *made = path_in(restore->work, LOG), *place = path_in(restore->folder, LOG);
	bool good = sync_folder(made) && exchange(restore, made, place);

	if (good && !sync_folder(restore->folder))
		fprintf(stderr,
			T("gridctl: %s: %s: it is restored, but may not outlive a power cut yet (run sync)\n",
				"gridctl: %s：%s：已恢复，但断电时可能丢失（请运行 sync）\n"),
			restore->folder, strerror(errno));
	free(made);
	free(place);
	return good || fail_errno(restore);
}

/* The whole. */

static bool
put_back(struct restore *restore)
{
	return make_room(restore) && copy_snapshot(restore) && restore_convert(restore) && put_in_place(restore);
}

/* What an operator must do now, for the data is that of then, and the key of the phones is not in it. */
static void
tell_what_to_do(void)
{
	puts(T("tokens and roles that were revoked since then are good again: revoke them anew (gridctl device "
	       "revoke,\n"
	       "gridctl role take); a device that got a new token since then must log in anew;\n"
	       "the key of the phones is in no backup: put phones.key, or the hub's key-file, where it was",
		"此后撤销的令牌和角色重新生效：请再次撤销（gridctl device revoke、gridctl role take）；\n"
		"此后换发过令牌的设备须重新登录；\n"
		"备份不含手机号密钥：请将 phones.key（或中枢的 key-file）放回原处"));
}

static int
tell(const struct restore *restore)
{
	if (restore->tool->json)
		print_json(json_pack("{s:s, s:s, s:s, s:s, s:i}", "folder", restore->folder, "made", restore->head.made,
			"epoch", restore->epoch, "kept", restore->kept ? restore->kept : "", "erased",
			(int)restore->erased_count));
	else
		printf(T("%s has the data of %s; its logs have a new epoch\n",
			       "%s 已恢复为 %s 的数据；日志换了新的纪元\n"),
			restore->folder, restore->head.made);
	if (restore->kept && !restore->tool->json)
		printf(T("what was there before is in %s\n", "原有数据保存在 %s\n"), restore->kept);
	if (restore->erased_count > 0 && !restore->tool->json)
		printf(T("%u who were erased since then are erased again when a hub starts\n",
			       "此后删除的 %u 人将在中枢启动时再次删除\n"),
			restore->erased_count);
	if (!restore->erased_known)
		fputs(T("gridctl: nobody who was erased since this backup is known here, and they are back: --erased "
			"FOLDER names the newer folder\n",
			      "gridctl: 此处不知道备份之后删除了谁，这些人已随备份恢复：请用 --erased "
			      "指明较新的数据目录\n"),
			stderr);
	if (!restore->tool->json)
		tell_what_to_do();
	return EXIT_DONE;
}

static int
run_on(struct restore *restore, const char *path)
{
	const char *why = NULL;
	bool good;

	restore->file = open(path, O_RDONLY | O_CLOEXEC);
	if (restore->file < 0) {
		fprintf(stderr, "gridctl: %s: %s\n", path, strerror(errno));
		return EXIT_LOCAL;
	}
	if (!backup_file_check(restore->file, &restore->head, &why)) {
		fprintf(stderr, "gridctl: %s: %s\n", path, why);
		return EXIT_REFUSED;
	}
	good = take_folder(restore) && may_replace(restore);
	if (good) {
		good = put_back(restore);
		nftw(restore->work, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	}
	if (good)
		return tell(restore);
	fprintf(stderr, T("gridctl: nothing was restored: %s\n", "gridctl: 未恢复：%s\n"), restore->trouble);
	return EXIT_REFUSED;
}

static void
close_if_open(int file)
{
	if (file >= 0)
		close(file);
}

int
run_restore(struct tool *tool)
{
	const char *folder = tool_folder(tool);
	struct restore *restore;
	int status;

	if (!folder) {
		fprintf(stderr,
			T("gridctl: say where to: --data FOLDER\n", "gridctl: 请指明恢复到哪里：--data 数据目录\n"));
		return EXIT_USAGE;
	}
	restore = or_die(calloc(1, sizeof(*restore)));
	restore->tool = tool;
	restore->folder = folder;
	restore->file = restore->hub_lock = restore->redis_lock = -1;
	restore->work = path_in(folder, "restoring");
	status = run_on(restore, tool->args.words[0]);
	close_if_open(restore->file);
	close_if_open(restore->redis_lock);
	close_if_open(restore->hub_lock);
	free(restore->work);
	free(restore->kept);
	free(restore);
	return status;
}
