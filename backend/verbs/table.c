#include "table.h"

#include "verbs.h"

static const struct {
	void (*run)(struct request *rq, const struct asked *asked);
	enum { READS, CHANGES } kind; /* what changes something needs room on the disk and a view that is new */
} table[VERB_COUNT] = {
#define VERB_ROW(name, NAME, kind) [VERB_##NAME] = {verb_##name, kind},
	VERB_LIST(VERB_ROW)
#undef VERB_ROW
};

#define RETRY_MS     1000
#define COST_READ    1
#define COST_PREVIEW 200 /* up to 40 ms: 15 kB held against 20,000 members; five at once, then one in ten seconds */
#define COST_LOOK    20  /* a page of phones, each read and written down */
#define COST_AUDIT   2   /* up to 200 entries are looked at */
#define COST_IMAGE   50  /* WeChat draws it, so many a minute for all of us */
#define COST_GRANTS  10  /* all who hold anything are looked at */
#define COST_CHANGE  4   /* a turn of Redis and of its disk, and all who hear of it */

bool
table_has(enum verb verb)
{
	return table[verb].run;
}

/* An import costs nothing, for it has a bound of its own: so many of them under way. */
uint32_t
table_cost(enum verb verb)
{
	if (verb == VERB_PLACE_IMPORT || verb == VERB_ROSTER_IMPORT)
		return 0;
	if (verb == VERB_CHAT_PREVIEW)
		return COST_PREVIEW;
	if (verb == VERB_CHAIN_PHONES)
		return COST_LOOK;
	if (verb == VERB_AUDIT_LIST)
		return COST_AUDIT;
	if (verb == VERB_PLACE_IMAGE)
		return COST_IMAGE;
	if (verb == VERB_GRANT_LIST)
		return COST_GRANTS;
	if (verb == VERB_DESK_OPEN || verb == VERB_PERSON_EXPORT) /* which are written down */
		return COST_CHANGE;
	return verb < VERB_COUNT && table[verb].kind == CHANGES ? COST_CHANGE : COST_READ;
}

static void
answer_now(struct client *client, uint64_t id, enum status status, const char *field, uint32_t retry_ms)
{
	struct piece *answer = answer_status(id, status, field, retry_ms);

	client->service->counters.answers[status]++;
	session_push(client->session, answer, PRIORITY_ANSWER);
	piece_drop(answer);
}

void
table_refuse(struct client *client, uint64_t id, enum status status, const char *field)
{
	answer_now(client, id, status, field, status == BUSY || status == UNAVAILABLE ? RETRY_MS : 0);
}

void
table_put_off(struct client *client, uint64_t id, uint32_t wait_ms)
{
	answer_now(client, id, BUSY, id_is_none(client->person) ? "address" : "person", wait_ms);
}

/* What somebody may ask who must set up a second factor first. */
static bool
is_for_all(const struct asked *asked)
{
	switch (asked->verb) {
	case VERB_LOGIN:
	case VERB_FACTOR_BEGIN:
	case VERB_FACTOR_CONFIRM:
		return true;
	case VERB_DEVICE_LIST:
		return id_is_none(asked->device_list.person);
	case VERB_DEVICE_REVOKE:
		return id_is_none(asked->device_revoke.person);
	case VERB_WATCH:
		return asked->watch.places.count + asked->watch.calls.count == 0;
	default:
		return false;
	}
}

/* Whether it may be run at all; names what is in the way. What reads has to wait while much is to be sent: all requests
 * of a frame are run in one turn, in which nothing leaves. */
static enum status
check(const struct client *client, const struct asked *asked, const char **field)
{
	const struct service *service = client->service;
	enum verb verb = asked->verb;

	*field = NULL;
	if (id_is_none(client->person) && verb != VERB_LOGIN && verb != VERB_DESK_OPEN)
		return UNAUTHENTICATED;
	if (client_needs_factor(client) && !is_for_all(asked)) {
		*field = "factor";
		return FORBIDDEN;
	}
	if (!service->loaded)
		return UNAVAILABLE;
	if (table[verb].kind == READS)
		return client->session->outbox.bytes > service->max_outbox / 2 ? BUSY : OK;
	if (service->disk_short) {
		*field = "disk";
		return UNAVAILABLE;
	}
	return store_is_fresh(service->store) ? OK : UNAVAILABLE;
}

void
table_run(struct client *client, const struct asked *asked)
{
	const char *field;
	enum status status = check(client, asked, &field);
	struct request *request;

	client->service->counters.requests++;
	if (status != OK) {
		table_refuse(client, asked->id, status, field);
		return;
	}
	request = request_create(client, asked);
	if (request)
		table[asked->verb].run(request, asked);
	else
		table_refuse(client, asked->id, BUSY, NULL);
}
