/* listener.h - the listening socket: one place where connections come in.
 *
 * The socket is opened here, or comes from whoever opened it: the service manager, or the hub whose place is taken. What
 * waits in its queue is nobody's yet, and stays there as long as any process holds the socket; closing it where nobody
 * else does resets all of that.
 *
 * It accepts and hands each connection on. When the descriptor table is full it stops for a moment instead of
 * spinning, and goes on when there is room. */
#ifndef GV_LISTENER_H
#define GV_LISTENER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <uv.h>

#include "macros.h"

struct listener;

/* Room for listener_address(), "[2001:db8::1]:65535" and a NUL. */
#define LISTENER_ADDRESS 64

/* Reads "127.0.0.1:7412", "[::1]:7412" or ":7412" (all addresses). Port 0: any free one. */
bool listener_parse(struct sockaddr_storage *out, const char *text) WARN_UNUSED;

/* True if only this machine can reach it. */
bool listener_is_loopback(const struct sockaddr_storage *address);

/* Opens a socket that listens; connections wait in its queue. -1 with errno set if that cannot be. */
int listener_open(const struct sockaddr_storage *address) WARN_UNUSED;

/* The socket a service manager left for this process (sd_listen_fds(3): LISTEN_PID, LISTEN_FDS, descriptor 3), -1 if it
 * left none. The environment is cleaned of it, for what this process starts is not meant. */
int listener_from_environment(void);

/* Whether it is a TCP socket that listens, and where. */
bool listener_examine(struct sockaddr_storage *out, int socket) WARN_UNUSED;

/* Takes over a socket that listens, also when it fails; connections wait until listener_start(). NULL with errno set if
 * it cannot. */
struct listener *listener_create(
	uv_loop_t *loop, int socket, void (*accepted)(int connection, void *context), void *context) WARN_UNUSED;

void listener_start(struct listener *listener);

/* New connections wait in the kernel's queue. */
void listener_stop(struct listener *listener);

/* Closes; calls `closed` from the loop and frees itself. */
void listener_destroy(struct listener *listener, void (*closed)(void *context), void *context);

/* Its socket, to be passed on; it remains the listener's. */
int listener_socket(const struct listener *listener);

/* Where it listens, with the port it was given. Returns `out`. */
char *listener_address(const struct listener *listener, char out[LISTENER_ADDRESS]);

#endif
