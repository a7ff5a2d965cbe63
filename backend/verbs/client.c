#include "client.h"

#include <stdlib.h>

#include "clock.h"
#include "lock.h"
#include "log.h"
#include "memory.h"
#include "request.h"
#include "table.h"

#define HELD_MAX (FRAME_MAX_BYTES * 2)

/* In front of each frame that is held. */
struct held {
	uint32_t len;
	uint32_t next; /* the request to go on with */
};

void
client_opened(struct session *session, void *context)
{
	struct service *service = context;
	struct client *client = calloc(1, sizeof(*client));

	if (!client || !service->loaded) {
		free(client);
		session_close(session, CLOSE_LOADING);
		return;
	}
	client->service = service;
	client->session = session;
	client->self.client = client;
	LIST_INIT(&client->requests);
	session->client = client;
}

/* Keeps a frame, or the rest of one, until the login is decided. */
static void
hold(struct client *client, const uint8_t *bytes, size_t len, size_t next)
{
	struct held head = {(uint32_t)len, (uint32_t)next};
	size_t need = client->held_len + sizeof(head) + len;
	uint8_t *grown = need > HELD_MAX ? NULL : malloc(need);

	if (!grown) {
		session_close(client->session, CLOSE_CROWDED);
		return;
	}
	if (client->held)
		memcpy(grown, client->held, client->held_len);
	free_wiped(client->held); /* there may be a login among them */
	client->held = grown;
	memcpy(grown + client->held_len, &head, sizeof(head));
	memcpy(grown + client->held_len + sizeof(head), bytes, len);
	client->held_len = need;
}

/* Takes what it costs from the budget of the person, or of the address while it is nobody's: 0, or the time until it
 * can be had, in milliseconds. */
static uint32_t
spend(struct client *client, uint32_t points)
{
	const struct service *service = client->service;
	bool is_known = !id_is_none(client->person);
	uint32_t wait_ms = budgets_take(is_known ? service->persons : service->addresses,
		is_known ? id_key(client->person) : client->session->address, points, clock_mono_us());

	client->put_off_count = wait_ms ? client->put_off_count + 1 : 0;
	if (client->put_off_count > CLIENT_MAX_PUT_OFF)
		session_close(client->session, CLOSE_FLOODING);
	return wait_ms;
}

static void
run_request(struct client *client, size_t index)
{
	char field[FIELD_TEXT_MAX];
	struct asked asked;
	enum status status = frame_request(&client->service->frame, index, &asked, field);
	uint32_t wait_ms = spend(client, table_cost(status == OK ? asked.verb : VERB_COUNT));

	if (client->passed)
		lock_asked(client);
	if (wait_ms)
		table_put_off(client, asked.id, wait_ms);
	else if (status == OK)
		table_run(client, &asked);
	else
		table_refuse(client, asked.id, status, field);
}

static void
run_frame(struct client *client, const uint8_t *bytes, size_t len, size_t next)
{
	struct frame *frame = &client->service->frame;

	if (client->service->draining)
		return;
	if (frame_open(frame, bytes, len) != OK) {
		session_close(client->session, CLOSE_MALFORMED);
		return;
	}
	if (frame->request_count == 0)
		(void)spend(client, 1);
	for (size_t i = next; i < frame->request_count; i++) {
		if (client->logging_in) {
			hold(client, bytes, len, i);
			return;
		}
		run_request(client, i);
	}
}

void
client_message(struct session *session, const uint8_t *bytes, size_t len, void *context)
{
	struct client *client = session->client;

	(void)context;
	if (!client)
		return;
	if (client->logging_in)
		hold(client, bytes, len, 0);
	else
		run_frame(client, bytes, len, 0);
}

void
client_logged_in(struct client *client, struct id person)
{
	client->logging_in = false;
	client->person = person;
	if (id_is_none(person))
		return;
	session_admit(client->session);
	subs_watch_person(client->service->subs, &client->self, person);
}

void
client_passed(struct client *client)
{
	client->passed = true;
	lock_asked(client);
}

bool
client_needs_factor(const struct client *client)
{
	const struct service *service = client->service;
	const struct grantee *grantee;
	uint64_t now_ms = clock_wall_ms();

	if (!service->second_factor || !client->by_token || client->passed)
		return false;
	grantee = view_grantee(service->view, client->person);
	for (uint32_t i = 0; grantee && i < grantee->count; i++)
		if (role_is_of_desk(grantee->grants[i].role) && grant_holds(&grantee->grants[i], now_ms))
			return true;
	return false;
}

void
client_run_held(struct client *client)
{
	uint8_t *held = client->held;
	size_t len = client->held_len;
	struct held head;

	client->held = NULL;
	client->held_len = 0;
	for (size_t at = 0; at < len; at += head.len) {
		memcpy(&head, held + at, sizeof(head));
		at += sizeof(head);
		/* A second login among them holds the rest again. */
		if (client->logging_in)
			hold(client, held + at, head.len, head.next);
		else
			run_frame(client, held + at, head.len, head.next);
	}
	free_wiped(held);
}

void
client_end_watchers(struct client *client, struct watcher *watchers, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		subs_end(client->service->subs, &watchers[i]);
	free(watchers);
}

void
client_closed(struct session *session, void *context)
{
	struct client *client = session->client;
	struct request *request;

	(void)context;
	if (!client)
		return;
	while ((request = LIST_FIRST(&client->requests))) {
		LIST_REMOVE(request, of_client);
		request->client = NULL;
	}
	client_end_watchers(client, client->watchers, client->watcher_count);
	subs_end(client->service->subs, &client->self);
	lock_forget(client);
	free_wiped(client->held);
	free(client);
	session->client = NULL;
}
