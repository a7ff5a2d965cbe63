/* lock.h - sessions on a device where a second factor was shown end when nothing is asked on them for a while, so that a
 * desk somebody walked away from shows nothing (setting idle-lock). Pulses are no asking.
 *
 * When something was last asked is also written down with the device, at most once a minute, so that who only lost his
 * connection needs no code (functions/device.lua, wants_code). */
#ifndef GV_LOCK_H
#define GV_LOCK_H

#include <uv.h>

#include "client.h"

struct lock;

struct lock *lock_create(uv_loop_t *loop, struct service *service) WARN_UNUSED;
void lock_destroy(struct lock *lock);

/* He has asked something, and has passed. */
void lock_asked(struct client *client);

/* He is going. */
void lock_forget(struct client *client);

#endif
