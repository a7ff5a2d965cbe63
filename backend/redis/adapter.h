/* adapter.h - hiredis on a libuv loop.
 *
 * In place of the one shipped with hiredis 0.14, which never reports a refused connection: libuv gives that as an
 * error of the poll, and the shipped adapter returns on those. Here they are handed to hiredis as a read, which finds
 * the error on the socket and ends the connection. */
#ifndef GV_ADAPTER_H
#define GV_ADAPTER_H

#include <hiredis/async.h>
#include <stdbool.h>
#include <uv.h>

#include "macros.h"

/* Puts the connection on the loop; taken off by hiredis itself when it frees the context. */
bool adapter_attach(redisAsyncContext *redis, uv_loop_t *loop) WARN_UNUSED;

#endif
