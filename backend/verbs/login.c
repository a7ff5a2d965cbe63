/* login.c - who is there. */
#include <sodium.h>
#include <stdlib.h>

#include "clock.h"
#include "desks.h"
#include "login_private.h"
#include "registration.h"
#include "verbs.h"

#define ERASED_RETRY_MS 1000 /* an identity that leads to somebody who is being erased is free again by then */

/* Nobody came. */
static void
turn_away(struct request *rq)
{
	struct arrival *arrival = rq->state;

	if (arrival) {
		token_wipe(arrival->secret);
		sodium_memzero(arrival->code, sizeof(arrival->code));
		sodium_memzero(arrival->openid, sizeof(arrival->openid));
	}
	if (rq->client)
		client_logged_in(rq->client, (struct id){0});
}

void
login_refuse(struct request *rq, enum status status, const char *field)
{
	struct client *client = rq->client;

	turn_away(rq);
	request_refuse(rq, status, field);
	if (client)
		client_run_held(client);
}

void
login_put_off(struct request *rq, const char *field, uint64_t wait_ms)
{
	struct client *client = rq->client;

	turn_away(rq);
	request_put_off(rq, field, wait_ms);
	if (client)
		client_run_held(client);
}

/* Who waits is listed already, unless a hub was killed between the two; what does not go out now does at his next login. */
static void
list_again(struct request *rq, const struct arrival *arrival)
{
	bool is_sent = place_is_none(arrival->waits_at) ||
		       registration_mark(rq->service, rq->person, arrival->waits_at, true, NULL, NULL);

	(void)is_sent;
}

void
login_admit(struct request *rq)
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
		.phone = arrival->phone,
		.work = arrival->work,
		.registration = arrival->registration,
		.refusal = arrival->refusal,
		.consent = arrival->consent,
		.policy = rq->service->policy,
	};

	list_again(rq, arrival);
	if (arrival->is_issued)
		result.token = token_print(token, rq->person, arrival->device, arrival->secret);
	token_wipe(arrival->secret);
	sodium_memzero(arrival->code, sizeof(arrival->code));
	sodium_memzero(arrival->openid, sizeof(arrival->openid));
	if (client) {
		client->device = arrival->device;
		client->is_free = arrival->is_free;
		client->by_token = arrival->hash[0] || arrival->is_desk;
		client_logged_in(client, rq->person);
		if (arrival->passed)
			client_passed(client);
		result.needs_factor = client_needs_factor(client);
	}
	request_answer(rq, answer_login(rq->id, &result));
	sodium_memzero(token, sizeof(token));
	if (client)
		client_run_held(client);
}

/* Who he is. */

static void
remember(struct arrival *arrival, const struct vault *vault, const struct person_record *person)
{
	const struct member_record *member = &person->member;

	arrival->place = member->place;
	arrival->work = member->work;
	arrival->registration = registration_of(person);
	if (person->asked.what != ASKED_NOTHING)
		arrival->waits_at = person->asked.place;
	text_copy(arrival->name, sizeof(arrival->name), member->name);
	text_copy(arrival->organisation, sizeof(arrival->organisation), member->organisation);
	text_copy(arrival->consent, sizeof(arrival->consent), person->consent);
	text_copy(arrival->refusal, sizeof(arrival->refusal), person->refused);
	registration_phone(vault, person, arrival->phone);
}

static void
person_known(enum status status, const struct person_record *person, void *context)
{
	struct request *rq = context;
	struct arrival *arrival = rq->state;

	if (status != OK)
		return login_refuse(rq, status, NULL);
	if (person->is_erased && !arrival->hash[0]) { /* his token says so itself */
		login_forget_identity(rq);
		return login_put_off(rq, "person", ERASED_RETRY_MS);
	}
	remember(arrival, rq->service->vault, person);
	if (arrival->hash[0])
		login_use_token(rq);
	else if (arrival->device_name_len > 0)
		login_add_device(rq);
	else
		login_admit(rq);
}

void
login_person(struct request *rq)
{
	if (!read_person(rq->service->store, rq->person, person_known, rq))
		login_refuse(rq, BUSY, NULL);
}

static bool
is_dev_token(const struct service *service, struct text token)
{
	return service->dev_token && token.len == strlen(service->dev_token) &&
	       sodium_memcmp(token.data, service->dev_token, token.len) == 0;
}

static void
set_device_name(struct arrival *arrival, struct text name)
{
	arrival->device_name_len = name.len;
	if (name.len > 0)
		memcpy(arrival->device_name, name.data, name.len);
}

static void
login_by_dev(struct request *rq, struct arrival *arrival, const struct dev_login *in)
{
	struct identity *identity = &arrival->identity;

	identity->len = (size_t)snprintf(
		identity->text, sizeof(identity->text), "dev:%.*s", (int)in->handle.len, in->handle.data);
	set_device_name(arrival, in->device);
	arrival->is_free = !in->granted;
	login_by_identity(rq);
}

/* By a token. */

static void
login_by_token(struct request *rq, struct arrival *arrival, const struct token *token, const struct token_login *in)
{
	set_device_name(arrival, in->device);
	rq->person = token->person;
	arrival->device = token->device;
	memcpy(arrival->hash, token->hash, sizeof(arrival->hash));
	text_copy(arrival->code, sizeof(arrival->code), in->code);
	login_person(rq);
}

void
login_reject(struct request *rq, const char *field)
{
	struct client *client = rq->client;

	if (client)
		budgets_charge(rq->service->addresses, client->session->address, COST_FAILURE, clock_mono_us());
	if (rq->state)
		login_refuse(rq, UNAUTHENTICATED, field);
	else
		request_refuse(rq, UNAUTHENTICATED, field);
	if (client && ++client->rejected_count >= CLIENT_MAX_REJECTED)
		session_close(client->session, CLOSE_STRANGER);
}

void
verb_login(struct request *rq, const struct asked *asked)
{
	const struct login *in = &asked->login;
	struct arrival *arrival;
	struct token token;

	if (!id_is_none(rq->person))
		return request_refuse(rq, ALREADY, "login");
	if (!in->by_dev && !in->by_token && !in->by_desk && !(in->by_wechat && rq->service->wechat))
		return request_refuse(rq, BAD_REQUEST, "how");
	if (in->by_dev && !is_dev_token(rq->service, in->dev.token))
		return login_reject(rq, "dev.token");
	if (in->by_token && !token_parse(&token, in->token.token))
		return login_reject(rq, "token.token");
	arrival = rq->state = calloc(1, sizeof(*arrival));
	if (!arrival)
		return request_refuse(rq, BUSY, NULL);
	rq->client->logging_in = true;
	if (in->by_dev)
		login_by_dev(rq, arrival, &in->dev);
	else if (in->by_wechat)
		login_by_wechat(rq, &in->wechat);
	else if (in->by_desk)
		login_by_desk(rq, &in->desk);
	else
		login_by_token(rq, arrival, &token, &in->token);
}
