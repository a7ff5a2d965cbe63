/* login.c - who is there. */
#include <sodium.h>
#include <stdlib.h>

#include "clock.h"
#include "keys.h"
#include "reads.h"
#include "verbs.h"

#define COST_FAILURE 99 /* beside the point that a login takes, so that tokens cannot be tried out by the thousand */

/* An identity is a kind and a name, "dev:an"; the person behind it lives in its partition. */
struct identity {
	uint8_t partition;
	size_t len;
	char text[64];
};

static struct text
identity_text(const struct identity *identity)
{
	return (struct text){identity->text, identity->len};
}

static void
refuse_login(struct request *rq, enum status status, const char *field)
{
	struct client *client = rq->client;

	if (client)
		client_logged_in(client, (struct id){0});
	request_refuse(rq, status, field);
	if (client)
		client_run_held(client);
}

static void
login_known(enum status status, const struct member_record *member, void *context)
{
	struct request *rq = context;
	struct client *client = rq->client;
	struct login_result result;

	if (status != OK) {
		refuse_login(rq, status, NULL);
		return;
	}
	result = (struct login_result){
		.person = rq->person,
		.place = member->place,
		.name = member->name,
		.organisation = member->organisation,
		.now_ms = clock_wall_ms(),
		.pulse_ms = rq->service->pulse_ms,
		.grantee = view_grantee(rq->service->view, rq->person),
	};
	if (client)
		client_logged_in(client, rq->person);
	request_answer(rq, answer_login(rq->id, &result));
	if (client)
		client_run_held(client);
}

static void
login_as(struct request *rq, const struct reply *reply)
{
	if (!id_parse(&rq->person, reply_text(reply, 0)))
		refuse_login(rq, INTERNAL, NULL);
	else if (!read_member(rq->service->store, rq->person, login_known, rq))
		refuse_login(rq, BUSY, NULL);
}

static void
login_claimed(const struct reply *reply, void *context)
{
	struct request *rq = context;

	if (reply->status == OK)
		login_as(rq, reply);
	else
		refuse_login(rq, reply->status, reply->field);
}

/* Nobody yet of that identity: a person of the number we were given, unless somebody was faster. */
static void
login_numbered(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct identity *identity = rq->state;
	struct id person = {identity->partition, reply_u64(reply, 0)};
	char text[ID_TEXT];
	struct fcall f;

	if (reply->status != OK || id_is_none(person)) {
		refuse_login(rq, reply->status == OK ? INTERNAL : reply->status, reply->field);
		return;
	}
	f = fcall_bare(rq->service->store, "person_claim", identity->partition, 3);
	fcall_key(&f, KEY_META);
	fcall_key(&f, KEY_IDENTITIES);
	fcall_key(&f, KEY_PERSON, id_print(text, person));
	fcall_arg(&f, identity_text(identity));
	fcall_arg_id(&f, person);
	if (!fcall_send(&f, login_claimed, rq))
		refuse_login(rq, BUSY, NULL);
}

static void
login_found(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct identity *identity = rq->state;
	struct fcall f;

	if (reply->status == OK) {
		login_as(rq, reply);
		return;
	}
	if (reply->status != NOT_FOUND) {
		refuse_login(rq, reply->status, reply->field);
		return;
	}
	if (rq->service->disk_short) { /* who was never here would have to be written down */
		refuse_login(rq, UNAVAILABLE, "disk");
		return;
	}
	f = fcall_bare(rq->service->store, "data_id", identity->partition, 1);
	fcall_key(&f, KEY_META);
	if (!fcall_send(&f, login_numbered, rq))
		refuse_login(rq, BUSY, NULL);
}

static bool
is_dev_token(const struct service *service, struct text token)
{
	return service->dev_token && token.len == strlen(service->dev_token) &&
	       sodium_memcmp(token.data, service->dev_token, token.len) == 0;
}

void
verb_login(struct request *rq, const struct asked *asked)
{
	const struct login *in = &asked->login;
	struct identity *identity;
	struct fcall f;

	if (!id_is_none(rq->person))
		return request_refuse(rq, ALREADY, "login");
	if (!in->by_dev)
		return request_refuse(rq, BAD_REQUEST, "how");
	if (!is_dev_token(rq->service, in->dev.token)) {
		budgets_charge(rq->service->addresses, rq->client->session->address, COST_FAILURE, clock_mono_us());
		return request_refuse(rq, UNAUTHENTICATED, "dev.token");
	}
	identity = rq->state = calloc(1, sizeof(*identity));
	if (!identity)
		return request_refuse(rq, BUSY, NULL);
	identity->len = (size_t)snprintf(
		identity->text, sizeof(identity->text), "dev:%.*s", (int)in->dev.handle.len, in->dev.handle.data);
	identity->partition = identity_partition(identity_text(identity));

	rq->client->logging_in = true;
	rq->client->is_free = !in->dev.granted;
	f = fcall_read(rq->service->store, "person_find", identity->partition, 1);
	fcall_key(&f, KEY_IDENTITIES);
	fcall_arg(&f, identity_text(identity));
	if (!fcall_send(&f, login_found, rq))
		refuse_login(rq, BUSY, NULL);
}
