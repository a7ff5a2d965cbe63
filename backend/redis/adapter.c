#include "adapter.h"

#include <stdlib.h>

struct adapter {
	uv_poll_t poll;
	redisAsyncContext *redis; /* NULL once hiredis has let go */
	int events;
};

static void
on_poll(uv_poll_t *poll, int status, int events)
{
	struct adapter *adapter = poll->data;

	if (status < 0)
		events = UV_READABLE;
	/* Each may free the context, and with it clear adapter->redis; the adapter itself lives until it is closed. */
	if (adapter->redis && (events & UV_READABLE))
		redisAsyncHandleRead(adapter->redis);
	if (adapter->redis && (events & UV_WRITABLE))
		redisAsyncHandleWrite(adapter->redis);
}

static void
set_events(struct adapter *adapter, int events)
{
	if (events == adapter->events)
		return;
	adapter->events = events;
	if (events)
		uv_poll_start(&adapter->poll, events, on_poll);
	else
		uv_poll_stop(&adapter->poll);
}

static void
add_read(void *data)
{
	struct adapter *adapter = data;

	set_events(adapter, adapter->events | UV_READABLE);
}

static void
del_read(void *data)
{
	struct adapter *adapter = data;

	set_events(adapter, adapter->events & ~UV_READABLE);
}

static void
add_write(void *data)
{
	struct adapter *adapter = data;

	set_events(adapter, adapter->events | UV_WRITABLE);
}

static void
del_write(void *data)
{
	struct adapter *adapter = data;

	set_events(adapter, adapter->events & ~UV_WRITABLE);
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
cleanup(void *data)
{
	struct adapter *adapter = data;

	adapter->redis = NULL;
	uv_close((uv_handle_t *)&adapter->poll, on_closed);
}

bool
adapter_attach(redisAsyncContext *redis, uv_loop_t *loop)
{
	struct adapter *adapter = calloc(1, sizeof(*adapter));

	if (!adapter)
		return false;
	if (uv_poll_init(loop, &adapter->poll, redis->c.fd) != 0) {
		free(adapter);
		return false;
	}
	adapter->poll.data = adapter;
	adapter->redis = redis;
	redis->ev.data = adapter;
	redis->ev.addRead = add_read;
	redis->ev.delRead = del_read;
	redis->ev.addWrite = add_write;
	redis->ev.delWrite = del_write;
	redis->ev.cleanup = cleanup;
	return true;
}
