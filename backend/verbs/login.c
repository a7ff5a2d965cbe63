/* login.c - who is there. */
#include <sodium.h>
#include <stdlib.h>

#include "clock.h"
#include "keys.h"
#include "reads.h"
#include "token.h"
#include "verbs.h"

/* Beside the point that a login takes: in all what a change costs. Nobody guesses 256 bits, and behind one address there
 * may be a whole town. */
#define COST_FAILURE 3

/* An identity is a kind and a name, "dev:an"; the person behind it lives in its partition. */
struct identity {
	uint8_t partition;
	size_t len;
	char text[64];
};

#define TOKEN_LIFE_MS   (UINT64_C(30) * 86400000) /* not used for so long, a device is forgotten */
#define TOKEN_ROTATE_MS (UINT64_C(7) * 86400000)  /* as old as that, a token is replaced */

/* A login on its way: who comes, then what is known of him, and last his device, so that nothing fails once a token is
 * used. */
struct arrival {
	struct identity identity; /* of who comes without a token */
	bool is_free;             /* he may do everything */
	size_t device_name_len;   /* a device to be made: its name; 0: none */
	char device_name[160];
	char hash[TOKEN_HASH]; /* of the token he came with; "": none */
	struct place place;
	char name[20 * 4 + 1];
	char organisation[60 * 4 + 1];
	uint32_t device;
	char secret[TOKEN_SECRET]; /* of a token that is offered */
	bool is_issued;            /* and to be used from now on */
	uint64_t until_ms;
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
	struct arrival *arrival = rq->state;

	if (arrival)
		token_wipe(arrival->secret);
	if (client)
		client_logged_in(client, (struct id){0});
	request_refuse(rq, status, field);
	if (client)
		client_run_held(client);
}

static void
admit(struct request *rq)
{
	struct client *client = rq->client;
	struct arrival *arrival = rq->state;
	char token[TOKEN_TEXT_MAX];
	struct login_result result = {
		.person = rq->person,
		.place = arrival->place,
		.name = text_of(arrival->name),
		.organisation = text_of(arrival->organisation),
		.now_ms = clock_wall_ms(),
		.pulse_ms = rq->service->pulse_ms,
		.grantee = view_grantee(rq->service->view, rq->person),
		.device = arrival->device,
		.token_until_ms = arrival->until_ms,
	};

	if (arrival->is_issued)
		result.token = token_print(token, rq->person, arrival->device, arrival->secret);
	token_wipe(arrival->secret);
	if (client) {
		client->device = arrival->device;
		client->is_free = arrival->is_free;
		client_logged_in(client, rq->person);
	}
	request_answer(rq, answer_login(rq->id, &result));
	sodium_memzero(token, sizeof(token));
	if (client)
		client_run_held(client);
}

/* A device of his own. */

static void
device_added(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct arrival *arrival = rq->state;

	if (reply->status != OK)
		return refuse_login(rq, reply->status, reply->field);
	arrival->device = (uint32_t)reply_u64(reply, 0);
	arrival->until_ms = reply_u64(reply, 1);
	arrival->is_issued = true;
	admit(rq);
}

static void
add_device(struct request *rq)
{
	struct arrival *arrival = rq->state;
	char id[ID_TEXT], hash[TOKEN_HASH];
	struct fcall f = fcall_bare(rq->service->store, "device_add", rq->person.partition, 2);

	token_make(arrival->secret, hash);
	id_print(id, rq->person);
	fcall_key(&f, KEY_PERSON, id);
	fcall_key(&f, KEY_PERSON_DEVICES, id);
	fcall_arg(&f, text_of(hash));
	fcall_arg(&f, TEXT(""));
	fcall_arg_u64(&f, TOKEN_LIFE_MS);
	fcall_arg(&f, (struct text){arrival->device_name, arrival->device_name_len});
	if (!fcall_send(&f, device_added, rq))
		refuse_login(rq, BUSY, NULL);
}

/* The device whose token he came with. */

/* A device that was logged out between the use of its token and now was not among the sessions that hear of it. */
static bool
may_have_been_revoked(const struct request *rq, uint64_t used_at_seq)
{
	return rq->service->view->seq[rq->person.partition] > used_at_seq;
}

static void
token_was_seen(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct arrival *arrival = rq->state;

	if (reply->status == UNAUTHENTICATED && rq->client)
		budgets_charge(rq->service->addresses, rq->client->session->address, COST_FAILURE, clock_mono_us());
	if (reply->status != OK)
		return refuse_login(rq, reply->status, reply->status == UNAUTHENTICATED ? "token.token" : reply->field);
	if (may_have_been_revoked(rq, reply_u64(reply, 2)))
		return refuse_login(rq, UNAVAILABLE, NULL);
	arrival->until_ms = reply_u64(reply, 0);
	arrival->is_issued = reply_text(reply, 1).len > 0;
	admit(rq);
}

static void
use_token(struct request *rq)
{
	struct arrival *arrival = rq->state;
	char id[ID_TEXT], offered[TOKEN_HASH];
	struct fcall f = fcall_bare(rq->service->store, "device_login", rq->person.partition, 2);

	token_make(arrival->secret, offered);
	fcall_key(&f, KEY_META);
	fcall_key(&f, KEY_PERSON_DEVICES, id_print(id, rq->person));
	fcall_arg_u64(&f, arrival->device);
	fcall_arg(&f, text_of(arrival->hash));
	fcall_arg(&f, text_of(offered));
	fcall_arg_u64(&f, TOKEN_LIFE_MS);
	fcall_arg_u64(&f, TOKEN_ROTATE_MS);
	if (!fcall_send(&f, token_was_seen, rq))
		refuse_login(rq, BUSY, NULL);
}

/* Who he is. */

static void
member_known(enum status status, const struct member_record *member, void *context)
{
	struct request *rq = context;
	struct arrival *arrival = rq->state;

	if (status != OK)
		return refuse_login(rq, status, NULL);
	arrival->place = member->place;
	snprintf(arrival->name, sizeof(arrival->name), "%.*s", (int)member->name.len, member->name.data);
	snprintf(arrival->organisation, sizeof(arrival->organisation), "%.*s", (int)member->organisation.len,
		member->organisation.data);
	if (arrival->hash[0])
		use_token(rq);
	else if (arrival->device_name_len > 0)
		add_device(rq);
	else
		admit(rq);
}

static void
look_up_member(struct request *rq)
{
	if (!read_member(rq->service->store, rq->person, member_known, rq))
		refuse_login(rq, BUSY, NULL);
}

/* By an identity. */

static void
login_as(struct request *rq, const struct reply *reply)
{
	const struct arrival *arrival = rq->state;

	if (!id_parse(&rq->person, reply_text(reply, 0)))
		refuse_login(rq, INTERNAL, NULL);
	else if (arrival->device_name_len > 0 && rq->service->disk_short)
		refuse_login(rq, UNAVAILABLE, "disk");
	else
		look_up_member(rq);
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
	const struct identity *identity = &((const struct arrival *)rq->state)->identity;
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
	const struct identity *identity = &((const struct arrival *)rq->state)->identity;
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

static void
login_by_dev(struct request *rq, struct arrival *arrival, const struct dev_login *in)
{
	struct identity *identity = &arrival->identity;
	struct fcall f;

	identity->len = (size_t)snprintf(
		identity->text, sizeof(identity->text), "dev:%.*s", (int)in->handle.len, in->handle.data);
	identity->partition = identity_partition(identity_text(identity));
	arrival->device_name_len = in->device.len;
	if (in->device.len > 0)
		memcpy(arrival->device_name, in->device.data, in->device.len);
	arrival->is_free = !in->granted;
	f = fcall_read(rq->service->store, "person_find", identity->partition, 1);
	fcall_key(&f, KEY_IDENTITIES);
	fcall_arg(&f, identity_text(identity));
	if (!fcall_send(&f, login_found, rq))
		refuse_login(rq, BUSY, NULL);
}

/* By a token. */

static void
login_by_token(struct request *rq, struct arrival *arrival, const struct token *token)
{
	rq->person = token->person;
	arrival->device = token->device;
	memcpy(arrival->hash, token->hash, sizeof(arrival->hash));
	look_up_member(rq);
}

static void
refuse_stranger(struct request *rq, const char *field)
{
	budgets_charge(rq->service->addresses, rq->client->session->address, COST_FAILURE, clock_mono_us());
	request_refuse(rq, UNAUTHENTICATED, field);
}

void
verb_login(struct request *rq, const struct asked *asked)
{
	const struct login *in = &asked->login;
	struct arrival *arrival;
	struct token token;

	if (!id_is_none(rq->person))
		return request_refuse(rq, ALREADY, "login");
	if (!in->by_dev && !in->by_token)
		return request_refuse(rq, BAD_REQUEST, "how");
	if (in->by_dev && !is_dev_token(rq->service, in->dev.token))
		return refuse_stranger(rq, "dev.token");
	if (in->by_token && !token_parse(&token, in->token.token))
		return refuse_stranger(rq, "token.token");
	arrival = rq->state = calloc(1, sizeof(*arrival));
	if (!arrival)
		return request_refuse(rq, BUSY, NULL);
	rq->client->logging_in = true;
	if (in->by_dev)
		login_by_dev(rq, arrival, &in->dev);
	else
		login_by_token(rq, arrival, &token);
}
