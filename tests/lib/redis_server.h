/* redis_server.h - a redis-server that a test has started itself.
 *
 *   struct redis_server server;
 *   redis_server_start(&server, folder, "other", "--requirepass", "secret");
 *   context = redis_server_connect(&server);
 *   redis_server_end(&server, SIGTERM);
 *
 * It keeps what it is given in its folder: the data, a unix socket NAME.sock, and its log NAME.log. */
#ifndef GV_REDIS_SERVER_H
#define GV_REDIS_SERVER_H

#include <hiredis/hiredis.h>
#include <sys/types.h>

struct redis_server {
	pid_t pid;
	unsigned port;      /* on 127.0.0.1 */
	char url[64];       /* redis://… without a password */
	char unix_url[192]; /* unix:/… */
	char log[192];
};

/* Starts one that keeps what it is given at once, with flags (or NULL) that go before those, and waits until it answers; one that asks for a password does. */
#define redis_server_start(server, folder, name, ...) \
	redis_server_start_with((server), (folder), (name), (const char *const[]){__VA_ARGS__, NULL})
void redis_server_start_with(
	struct redis_server *server, const char *folder, const char *name, const char *const *flags);

/* Ends it by that signal. */
void redis_server_end(struct redis_server *server, int signal);

/* A connection, to be freed by redisFree(); it must be there. */
redisContext *redis_server_connect(const struct redis_server *server);

/* A port that was free a moment ago. */
unsigned free_port(void);

#endif
