#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"

#define STOP_TIMEOUT_US 3000000
#define STOP_POLL_MS    10
#define LOCK_SLOT       3 /* the descriptor the server inherits the lock as */

/* Relative paths: the server runs in the folder. `always`: what was answered is on disk. No snapshots beside the log;
 * nothing is ever evicted. Not compressed: who was erased can be looked for with grep. A backup comes as a replica does (gridctl's backup.c) and need not wait for others. */
static const char config[] = "port 0\n"
			     "unixsocket " SERVER_SOCKET "\n"
			     "unixsocketperm 700\n"
			     "dir ./\n"
			     "logfile " SERVER_LOG "\n"
			     "save \"\"\n"
			     "appendonly yes\n"
			     "rdbcompression no\n"
			     "appendfsync always\n"
			     "aof-load-truncated yes\n"
			     "auto-aof-rewrite-percentage 100\n"
			     "auto-aof-rewrite-min-size 64mb\n"
			     "maxmemory-policy noeviction\n"
			     "repl-diskless-sync-delay 0\n";

struct server {
	uv_loop_t *loop;
	const char *folder;
	uv_process_t *process; /* while the one we started runs; NULL too for one we found running */
	uv_timer_t poll;
	uint64_t stop_by_us;
	void (*stopped)(bool ended, void *context);
	void *stopped_context;
	void (*closed)(void *context);
	void *closed_context;
};

struct server *
server_create(uv_loop_t *loop, const char *folder)
{
	struct server *server = calloc(1, sizeof(*server));

	if (!server)
		return NULL;
	server->loop = loop;
	server->folder = folder;
	uv_timer_init(loop, &server->poll);
	server->poll.data = server;
	return server;
}

static int
open_in(const char *folder, const char *name, int flags)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return open(path, flags | O_CLOEXEC, 0600);
}

/* The lock, taken; -1 if somebody holds it, -2 if it cannot be had for another reason. */
static int
take_lock(const struct server *server)
{
	int lock = open_in(server->folder, SERVER_LOCK, O_RDWR | O_CREAT);
	int error;

	if (lock < 0) {
		log_error("server", "no_lock_file", KI("errno", errno));
		return -2;
	}
	if (flock(lock, LOCK_EX | LOCK_NB) == 0)
		return lock;
	error = errno;
	close(lock);
	if (error == EWOULDBLOCK)
		return -1;
	log_error("server", "no_lock", KI("errno", error));
	return -2;
}

static bool
write_config(const struct server *server)
{
	int file = open_in(server->folder, SERVER_CONFIG, O_WRONLY | O_CREAT | O_TRUNC);
	bool written;

	if (file < 0)
		return false;
	written = write(file, config, sizeof(config) - 1) == (ssize_t)sizeof(config) - 1;
	return close(file) == 0 && written;
}

static void
on_process_closed(uv_handle_t *handle)
{
	free(handle);
}

static void
on_exit_of(uv_process_t *process, int64_t status, int signal)
{
	struct server *server = process->data;

	log_warn("server", "exited", KI("pid", process->pid), KI("status", status), KI("signal", signal));
	if (server)
		server->process = NULL;
	uv_close((uv_handle_t *)process, on_process_closed);
}

/* Starts it with the lock as its fourth descriptor. */
static bool
spawn(struct server *server, int lock)
{
	char program[] = "redis-server", file[] = SERVER_CONFIG;
	char *args[] = {program, file, NULL};
	uv_stdio_container_t stdio[LOCK_SLOT + 1] = {
		{.flags = UV_IGNORE},
		{.flags = UV_IGNORE},
		{.flags = UV_IGNORE},
		{.flags = UV_INHERIT_FD, .data.fd = lock},
	};
	uv_process_options_t options = {
		.exit_cb = on_exit_of,
		.file = program,
		.args = args,
		.cwd = server->folder,
		.flags = UV_PROCESS_DETACHED, /* a session of its own: our terminal's Ctrl-C is not for it */
		.stdio = stdio,
		.stdio_count = ARRAY_LEN(stdio),
	};
	uv_process_t *process = calloc(1, sizeof(*process));
	int error;

	if (!process)
		return false;
	process->data = server;
	error = uv_spawn(server->loop, process, &options);
	if (error != 0) {
		log_error("server", "not_started", KV("program", program), KV("reason", uv_strerror(error)));
		uv_close((uv_handle_t *)process, on_process_closed);
		return false;
	}
	uv_unref((uv_handle_t *)process);
	server->process = process;
	log_info("server", "started", KI("pid", process->pid));
	return true;
}

bool
server_ensure(struct server *server)
{
	int lock;
	bool started;

	if (server->process)
		return true;
	lock = take_lock(server);
	if (lock == -1)
		return true;
	if (lock < 0)
		return false;
	started = write_config(server) && spawn(server, lock);
	close(lock);
	return started;
}

static bool
is_running(const struct server *server)
{
	int lock = take_lock(server);

	if (lock >= 0)
		close(lock);
	return lock == -1;
}

static void
on_stop_poll(uv_timer_t *timer)
{
	struct server *server = timer->data;
	bool running = is_running(server);

	if (running && clock_mono_us() < server->stop_by_us)
		return;
	if (running)
		log_error("server", "does_not_end");
	uv_timer_stop(timer);
	server->stopped(!running, server->stopped_context);
}

void
server_stop(struct server *server, pid_t pid, void (*stopped)(bool ended, void *context), void *context)
{
	if (server->process)
		pid = server->process->pid;
	if (pid > 0 && is_running(server))
		kill(pid, SIGTERM);
	server->stop_by_us = clock_mono_us() + STOP_TIMEOUT_US;
	server->stopped = stopped;
	server->stopped_context = context;
	uv_timer_start(&server->poll, on_stop_poll, 0, STOP_POLL_MS);
}

static void
on_timer_closed(uv_handle_t *handle)
{
	struct server *server = handle->data;

	server->closed(server->closed_context);
	free(server);
}

void
server_destroy(struct server *server, void (*closed)(void *context), void *context)
{
	server->closed = closed;
	server->closed_context = context;
	if (server->process) {
		server->process->data = NULL;
		uv_close((uv_handle_t *)server->process, on_process_closed);
	}
	uv_close((uv_handle_t *)&server->poll, on_timer_closed);
}
