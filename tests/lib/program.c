#include "program.h"

#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "clock.h"
#include "macros.h"
#include "secrecy.h"

static const char *
binary(const char *name)
{
	const char *path = getenv(name);

	if (!path)
		fail_msg("%s is not in the environment: run the tests by ./run test", name);
	return path;
}

const char *
hub_binary(void)
{
	return binary("GRIDHUB");
}

const char *
gridctl_binary(void)
{
	return binary("GRIDCTL");
}

/* A hub that is told to end stops its Redis too. */
pid_t
spawn(const char *const *argv, int output)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	dup2(output, STDERR_FILENO);
	dup2(output, STDOUT_FILENO);
	execvp(argv[0], UNCONST(argv));
	_exit(127);
}

int
exit_of(int wait_status)
{
	return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

#define TURN_MS 2 /* between two turns of who goes on meanwhile */

/* Reads to the end of what is said; false if that does not come in time. */
static bool
listen_to(int pipe, struct ended *ended, unsigned patience_s, void (*turn)(void *context), void *context)
{
	uint64_t until_us = clock_mono_us() + (uint64_t)patience_s * 1000000;
	struct pollfd poll_fd = {.fd = pipe, .events = POLLIN};
	size_t len = 0;
	ssize_t got = 1;

	while (got > 0 && clock_mono_us() < until_us) {
		if (turn)
			turn(context);
		if (poll(&poll_fd, 1, turn ? TURN_MS : (int)patience_s * 1000) <= 0)
			continue;
		got = read(pipe, ended->said + len, sizeof(ended->said) - 1 - len);
		len += got > 0 ? (size_t)got : 0;
	}
	ended->said[len] = '\0';
	return got <= 0;
}

struct ended
run_program(const char *const *argv)
{
	return run_program_beside(argv, PATIENCE_S, NULL, NULL);
}

struct ended
run_program_beside(const char *const *argv, unsigned patience_s, void (*turn)(void *context), void *context)
{
	struct ended ended = {.status = -1};
	int pipes[2], status;
	pid_t pid;

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	pid = spawn(argv, pipes[1]);
	close(pipes[1]);
	if (!listen_to(pipes[0], &ended, patience_s, turn, context)) {
		kill(pid, SIGTERM);
		waitpid(pid, &status, 0);
		fail_msg("waited in vain for %s to end; it said: %s", argv[0], ended.said);
	}
	close(pipes[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	ended.status = exit_of(status);
	return ended;
}

void
assert_ended_at(const struct ended *ended, int status, const char *part, const char *file, int line)
{
	if (ended->status == status && strstr(ended->said, part))
		return;
	print_error("exit status %d, wanted %d and '%s' in:\n%s\n", ended->status, status, part, ended->said);
	_fail(file, line);
}

void
folder_make(char *path, size_t room, const char *name)
{
	const char *root = getenv("TEST_FOLDER");

	if (root)
		mkdir(root, 0700);
	snprintf(path, room, "%s/%s-XXXXXX", root ? root : "/tmp", name);
	assert_non_null(mkdtemp(path));
}

static int
remove_one(const char *path, const struct stat *info, int kind, struct FTW *ftw)
{
	(void)info;
	(void)kind;
	(void)ftw;
	return remove(path);
}

void
folder_remove(const char *path)
{
	const char *found = secrecy_leave_folder(path);

	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (found)
		fail_msg("Redis' files: %s", found);
}
