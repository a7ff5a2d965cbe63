#include "request.h"

#include <assert.h>
#include <stdlib.h>

#include "audit.h"
#include "clock.h"
#include "look.h"
#include "memory.h"
#include "peer.h"
#include "reads.h"
#include "rights.h"

#define COST_ATTEMPT         4 /* as a failed login */
#define BUSY_RETRY_MS        1000
#define UNAVAILABLE_RETRY_MS 500

struct request *
request_create(struct client *client, const struct asked *asked)
{
	struct service *service = client->service;
	struct request *request = SLIST_FIRST(&service->free_requests);

	if (service->request_count >= service->max_requests || client->request_count >= CLIENT_MAX_REQUESTS)
		return NULL;
	if (request)
		SLIST_REMOVE_HEAD(&service->free_requests, in_free);
	else
		request = malloc(sizeof(*request));
	if (!request)
		return NULL;
	*request = (struct request){
		.client = client,
		.service = service,
		.id = asked->id,
		.verb = asked->verb,
		.person = client->person,
		.is_free = client->is_free,
		.address = client->session->address,
		.why = asked->why.len > 0 ? text_dup(asked->why) : NULL,
		.stamp = {.person = client->person, .once = asked->once},
	};
	memcpy(request->digest, asked->digest, sizeof(request->digest));
	request->stamp.digest = request->digest;
	LIST_INSERT_HEAD(&client->requests, request, of_client);
	client->request_count++;
	service->request_count++;
	return request;
}

static bool
may(const struct request *request, enum verb verb, struct place subject)
{
	return request->is_free ||
	       rights_of_person(request->service->view, request->person, verb, subject, clock_wall_ms());
}

bool
request_may(struct request *request, struct place subject, const char *field)
{
	request->place = subject;
	if (may(request, request->verb, subject))
		return true;
	if (!rights_with_reason(request->service->view, request->person, request->verb, subject, clock_wall_ms()))
		request_refuse(request, FORBIDDEN, field);
	else if (!request->why)
		request_refuse(request, FORBIDDEN, "why");
	else
		return request->look || look_begin(request, "names");
	return false;
}

bool
request_may_about(struct request *request, struct id *person)
{
	if (id_is_none(*person))
		*person = request->person;
	if (id_equal(*person, request->person))
		return true;
	if (!request_may(request, view_place_of(request->service->view, *person), "person"))
		return false;
	if (request->why)
		return true;
	request_refuse(request, BAD_REQUEST, "why");
	return false;
}

static void
request_end(struct request *request)
{
	struct service *service = request->service;

	if (request->client) {
		LIST_REMOVE(request, of_client);
		request->client->request_count--;
	}
	free_wiped(request->state); /* codes, tickets, tokens, names */
	free(request->why);
	look_free(request->look);
	service->request_count--;
	SLIST_INSERT_HEAD(&service->free_requests, request, in_free);
}

static void
end_with(struct request *request, enum status status, struct piece *answer)
{
	struct service_counters *counters = &request->service->counters;

	assert((size_t)status < ARRAY_LEN(counters->answers));
	counters->answers[status]++;
	if (request->client && answer)
		session_push(request->client->session, answer, PRIORITY_ANSWER);
	piece_drop(answer);
	request_end(request);
}

void
request_answer(struct request *request, struct piece *answer)
{
	if (request->look)
		look_answer(request, answer);
	else
		request_give(request, answer);
}

void
request_give(struct request *request, struct piece *answer)
{
	end_with(request, OK, answer);
}

bool
request_sees(const struct request *request, struct place place, struct id author)
{
	return id_equal(author, request->person) || may(request, VERB_CALL_SHOW, place);
}

/* Of a call that is not in the view nothing is known here but what the function said: that there is none is for who may
 * list those of the whole country. */
static bool
is_hidden(const struct request *request, enum status status, const char *field)
{
	const struct call *call = view_call(request->service->view, request->call);

	if (status != NOT_FOUND && status != FORBIDDEN)
		return false;
	if (call)
		return !request_sees(request, call->record.place, call->record.author);
	return field && strcmp(field, "call") == 0 && !may(request, VERB_CALL_LIST, (struct place){0});
}

static void
note_attempt(struct request *request, const char *field)
{
	struct service *service = request->service;

	audit_refused(service->audit, request, field);
	if (!id_is_none(request->person))
		budgets_charge(service->persons, id_key(request->person), COST_ATTEMPT, clock_mono_us());
}

void
request_refuse(struct request *request, enum status status, const char *field)
{
	uint32_t retry_ms = 0;

	if (!id_is_none(request->call) && is_hidden(request, status, field)) {
		status = FORBIDDEN;
		field = "call";
	}
	if (status == FORBIDDEN)
		note_attempt(request, field);
	if (status == BUSY)
		retry_ms = BUSY_RETRY_MS;
	else if (status == UNAVAILABLE)
		retry_ms = UNAVAILABLE_RETRY_MS;
	end_with(request, status, answer_status(request->id, status, field, retry_ms));
}

void
request_put_off(struct request *request, const char *field, uint64_t wait_ms)
{
	end_with(request, BUSY, answer_status(request->id, BUSY, field, (uint32_t)MIN(wait_ms, UINT32_MAX)));
}

void
request_done(struct request *request)
{
	request_answer(request, answer_status(request->id, OK, NULL, 0));
}

/* What a function said of what is or is not in a call that is read to see whether he may know. */
struct saying {
	struct request *request;
	enum status status;
	char field[FIELD_TEXT_MAX];
};

static void
call_was_read(enum status status, const struct call_record *call, const struct call_numbers *numbers, void *context)
{
	struct saying *saying = context;
	struct request *request = saying->request;

	(void)numbers;
	if (status == OK && request_sees(request, call->place, call->author))
		request_refuse(request, saying->status, saying->field);
	else if (status == OK || status == NOT_FOUND)
		request_refuse(request, FORBIDDEN, "call");
	else
		request_refuse(request, status, NULL);
	free(saying);
}

static void
look_before_saying(struct request *request, const struct reply *reply)
{
	struct saying *saying = malloc(sizeof(*saying));

	if (saying) {
		*saying = (struct saying){.request = request, .status = reply->status};
		text_copy(saying->field, sizeof(saying->field), text_of(reply->field));
		if (read_call(request->service->store, request->call, call_was_read, saying))
			return;
	}
	free(saying);
	request_refuse(request, BUSY, NULL);
}

/* What is about the call itself request_refuse() hides. */
static bool
tells_of_unseen_call(const struct request *request, const struct reply *reply)
{
	return (reply->status == NOT_FOUND || reply->status == FORBIDDEN) && strcmp(reply->field, "call") != 0 &&
	       !id_is_none(request->call) && !view_call(request->service->view, request->call);
}

void
request_pass_on(struct request *request, const struct reply *reply)
{
	assert(reply->status != OK);
	if (tells_of_unseen_call(request, reply))
		look_before_saying(request, reply);
	else
		request_refuse(request, reply->status, reply->field);
}

void
request_ended(const struct reply *reply, void *context)
{
	if (reply->status == OK)
		request_done(context);
	else
		request_pass_on(context, reply);
}

void
request_audit(const struct request *request, struct fcall *f)
{
	char from[PEER_TEXT];

	fcall_arg(f, text_of(peer_print(from, request->address)));
	fcall_arg(f, text_of(request->why ? request->why : ""));
}

void
request_call(struct request *request, struct fcall *f, fcall_done *done)
{
	if (!fcall_send(f, done, request))
		request_refuse(request, BUSY, NULL);
}

void
requests_finish(struct service *service)
{
	struct request *request;

	while ((request = SLIST_FIRST(&service->free_requests))) {
		SLIST_REMOVE_HEAD(&service->free_requests, in_free);
		free(request);
	}
}
