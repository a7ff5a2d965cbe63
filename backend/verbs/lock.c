#include "lock.h"

#include <stdlib.h>

#include "clock.h"
#include "fcall.h"
#include "keys.h"
#include "memory.h"

#define LOOK_MS   500
#define WRITE_US  UINT64_C(60000000)
#define BEHIND_US UINT64_C(1000000) /* what is written down of the last request is no later than so long after it */

struct lock {
	struct service *service;
	uv_timer_t timer;
};

static uint64_t
idle_us(const struct service *service)
{
	return service->idle_lock_ms * 1000;
}

/* What is lost of it makes the next login ask for a code sooner. */
static void
written(const struct reply *reply, void *context)
{
	(void)reply;
	(void)context;
}

static void
write_down(struct client *client)
{
	struct fcall f = fcall_bare(client->service->store, "device_touch", client->person.partition, 1);
	char id[ID_TEXT];

	fcall_key(&f, KEY_PERSON_DEVICES, id_print(id, client->person));
	fcall_arg_u64(&f, client->device);
	client->touched_us = client->asked_us;
	(void)!fcall_send(&f, written, NULL);
}

void
lock_asked(struct client *client)
{
	struct service *service = client->service;

	if (service->idle_lock_ms == 0)
		return;
	lock_forget(client);
	client->asked_us = clock_mono_us();
	client->to_be_locked = true;
	TAILQ_INSERT_TAIL(&service->to_lock, client, in_lock);
	if (client->touched_us == 0) /* the login wrote it */
		client->touched_us = client->asked_us;
	if (client->asked_us - client->touched_us >= MIN(WRITE_US, idle_us(service) / 10) && !service->disk_short)
		write_down(client);
}

void
lock_forget(struct client *client)
{
	if (client->to_be_locked)
		TAILQ_REMOVE(&client->service->to_lock, client, in_lock);
	client->to_be_locked = false;
}

static void
on_look(uv_timer_t *timer)
{
	struct service *service = ((struct lock *)timer->data)->service;
	uint64_t now_us = clock_mono_us();
	struct client *client;

	while ((client = TAILQ_FIRST(&service->to_lock)) && now_us - client->asked_us >= idle_us(service) + BEHIND_US) {
		lock_forget(client);
		session_close(client->session, CLOSE_LOCKED);
	}
}

struct lock *
lock_create(uv_loop_t *loop, struct service *service)
{
	struct lock *lock = or_die(calloc(1, sizeof(*lock)));

	lock->service = service;
	TAILQ_INIT(&service->to_lock);
	uv_timer_init(loop, &lock->timer);
	lock->timer.data = lock;
	uv_timer_start(&lock->timer, on_look, LOOK_MS, LOOK_MS);
	return lock;
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
lock_destroy(struct lock *lock)
{
	uv_close((uv_handle_t *)&lock->timer, on_closed);
}
