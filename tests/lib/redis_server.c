#include "redis_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "clock.h"
#include "program.h"

#define POLL_US    2000
#define PORT_TRIES 5
#define FLAGS_MAX  32

unsigned
free_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	close(fd);
	return ntohs(address.sin_port);
}

static const char *
socket_of(const struct redis_server *server)
{
	return server->unix_url + strlen("unix:");
}

static bool
has_ended(struct redis_server *server)
{
	int status;

	if (waitpid(server->pid, &status, WNOHANG) != server->pid)
		return false;
	if (exit_of(status) == 127)
		print_error("redis-server cannot be started: is it installed?\n");
	return true;
}

/* Also with a no; but not while it still reads its log. */
static bool
answers(const struct redis_server *server)
{
	redisContext *context = redisConnectUnix(socket_of(server));
	redisReply *reply = context && !context->err ? redisCommand(context, "PING") : NULL;
	bool good = reply && strncmp(reply->str, "LOADING", strlen("LOADING")) != 0;

	freeReplyObject(reply);
	redisFree(context);
	return good;
}

static void
fail_with_log(const struct redis_server *server, const char *what)
{
	char command[256];

	snprintf(command, sizeof(command), "tail -n 20 '%s' >&2", server->log);
	if (system(command) != 0)
		print_error("(no log)\n");
	fail_msg("%s", what);
}

/* False if it ended before it answered, as it does when somebody has taken its port. */
static bool
try_start(struct redis_server *server, const char *folder, const char *const *flags)
{
	char port[16];
	const char *argv[FLAGS_MAX + 24] = {"redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", folder,
		"--unixsocket", socket_of(server), "--unixsocketperm", "700", "--logfile", server->log, "--save", "",
		"--appendonly", "yes", "--appendfsync", "always"};
	uint64_t started_us = clock_mono_us();
	unsigned count = 0;

	while (argv[count])
		count++;
	for (unsigned i = 0; flags[i]; i++) {
		assert_true(i < FLAGS_MAX);
		argv[count++] = flags[i];
	}
	server->port = free_port();
	snprintf(port, sizeof(port), "%u", server->port);
	snprintf(server->url, sizeof(server->url), "redis://127.0.0.1:%u", server->port);
	server->pid = spawn(argv, STDERR_FILENO);
	while (!answers(server)) {
		if (has_ended(server))
			return false;
		if (clock_mono_us() - started_us > (uint64_t)PATIENCE_S * 1000000)
			fail_with_log(server, "waited in vain for redis-server");
		usleep(POLL_US);
	}
	return true;
}

void
redis_server_start_with(struct redis_server *server, const char *folder, const char *name, const char *const *flags)
{
	int tries = 1;

	snprintf(server->unix_url, sizeof(server->unix_url), "unix:%s/%s.sock", folder, name);
	snprintf(server->log, sizeof(server->log), "%s/%s.log", folder, name);
	if (strlen(socket_of(server)) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		fail_msg("no room for a socket's path under %s", folder);
	while (!try_start(server, folder, flags))
		if (tries++ == PORT_TRIES)
			fail_with_log(server, "redis-server ended at once");
}

void
redis_server_end(struct redis_server *server, int signal)
{
	int status;

	kill(server->pid, signal);
	assert_int_equal(waitpid(server->pid, &status, 0), server->pid);
	server->pid = 0;
}

redisContext *
redis_server_connect(const struct redis_server *server)
{
	redisContext *context = redisConnectUnix(socket_of(server));

	assert_true(context && !context->err);
	return context;
}
