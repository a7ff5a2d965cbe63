/* listener.h - the listening socket: one place where connections come in.
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

/* Opens the socket and listens; connections wait until listener_start(). NULL with errno set if it cannot. */
struct listener *listener_create(uv_loop_t *loop, const struct sockaddr_storage *address,
	void (*accepted)(int connection, void *context), void *context) WARN_UNUSED;

void listener_start(struct listener *listener);

/* New connections wait in the kernel's queue. */
void listener_stop(struct listener *listener);

/* Closes; calls `closed` from the loop and frees itself. */
void listener_destroy(struct listener *listener, void (*closed)(void *context), void *context);

/* Where it listens, with the port it was given. Returns `out`. */
char *listener_address(const struct listener *listener, char out[LISTENER_ADDRESS]);

#endif
