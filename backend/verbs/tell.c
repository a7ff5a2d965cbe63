#include "tell.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "fcall.h"
#include "keys.h"
#include "log.h"
#include "memory.h"
#include "openid.h"

#define JOBS_MAX      4     /* calls of which is told at once; the others wait in {n}:due */
#define UNDER_WAY_MAX 32    /* messages of one call; WeChat's client has room for logins beside them */
#define LEASE_MS      30000 /* longer than a message takes with all its tries */
#define RENEW_US      5000000
#define PUT_OFF_MS    10000
#define CURSOR_TEXT   24

/* A call of which people are told. */
struct job {
	TAILQ_ENTRY(job) in_list;
	struct tell *tell;
	struct id call;
	bool has_lease;
	uint8_t partition; /* whose persons are walked through */
	char cursor[CURSOR_TEXT];
	struct id *page;
	size_t count, at; /* of the page */
	bool is_reading;  /* the next page */
	unsigned under_way;
	bool is_sounded; /* the first message has come to an end: the template is good, and WeChat is there */
	uint64_t renewed_us;
	enum { GOING, PUT_OFF, OVER } course;
	unsigned sent, refused, unknown, dropped;
};

struct tell {
	struct service *service;
	struct tell_template template;
	TAILQ_HEAD(, job) jobs;
	unsigned job_count;
	struct tell_counters counters;
};

/* A message to one person. */
struct message {
	struct job *job;
	struct id person;
};

static void pump(struct job *job);

static void
sent_off(const struct reply *reply, void *context)
{
	(void)context;
	if (reply->status != OK)
		log_warn("tell", "not_noted", KV("status", status_name(reply->status)));
}

/* The end of a job. */

static struct fcall
due_call(struct job *job, const char *function, unsigned keys)
{
	struct fcall f = fcall_bare(job->tell->service->store, function, job->call.partition, keys);

	fcall_key(&f, KEY_DUE);
	return f;
}

static void
job_destroy(struct job *job)
{
	TAILQ_REMOVE(&job->tell->jobs, job, in_list);
	job->tell->job_count--;
	free(job->page);
	free(job);
}

/* A hub that ends leaves the rest to the next one, at once. */
static void
give_lease_back(struct job *job)
{
	struct fcall f = due_call(job, "tell_end", 1);

	fcall_arg_id(&f, job->call);
	if (job->course != PUT_OFF)
		fcall_arg(&f, TEXT(""));
	else
		fcall_arg_u64(&f, job->tell->service->draining ? 0 : PUT_OFF_MS);
	if (!fcall_send(&f, sent_off, NULL))
		log_warn("tell", "not_noted", KV("status", status_name(BUSY)));
}

static void
job_end(struct job *job)
{
	char id[ID_TEXT];

	if (job->has_lease) {
		log_info("tell", job->course == PUT_OFF ? "put_off" : "done", KV("call", id_print(id, job->call)),
			KU("sent", job->sent), KU("refused", job->refused), KU("unknown", job->unknown),
			KU("dropped", job->dropped));
		give_lease_back(job);
	}
	job_destroy(job);
}

/* Whom to tell. */

static bool
has_room(const struct call *call)
{
	const struct call_record *record = &call->record;

	if (record->slot_count == 0)
		return record->limit == 0 || call->numbers.confirmed < record->limit;
	for (uint32_t i = 0; i < record->slot_count; i++)
		if (record->slots[i].limit == 0 || call->numbers.slots[i].confirmed < record->slots[i].limit)
			return true;
	return false;
}

/* The call, as long as it takes anybody. */
static const struct call *
takes_people(const struct job *job)
{
	const struct call *call = view_call(job->tell->service->view, job->call);

	return call && call->record.deadline_ms > clock_wall_ms() && has_room(call) ? call : NULL;
}

static void
on_watcher(struct watcher *watcher, void *context)
{
	(void)watcher;
	(void)context;
}

static bool
is_here(struct service *service, struct id person)
{
	return subs_person(service->subs, person, on_watcher, NULL) > 0;
}

static bool
concerns(const struct view *view, struct id person, struct place place)
{
	const struct person *found = view_person(view, person);

	return found && (place_covers(place, found->at->place) ||
				(!place_is_none(found->work) && place_covers(place, found->work)));
}

static bool
is_to_be_told(struct service *service, const struct call *call, struct id person)
{
	return !id_equal(person, call->record.author) && concerns(service->view, person, call->record.place) &&
	       !is_here(service, person);
}

/* Messages. */

static void
message_end(struct message *message)
{
	struct job *job = message->job;

	free(message);
	job->under_way--;
	job->tell->service->message_count--;
	pump(job);
}

static void
unmark(const struct message *message, const char *which)
{
	struct fcall f = fcall_bare(message->job->tell->service->store, "tell_unmark", message->person.partition, 2);
	char id[ID_TEXT];

	fcall_key(&f, KEY_TELLABLE);
	fcall_key(&f, KEY_TOLD, id_print(id, message->job->call));
	fcall_arg_id(&f, message->person);
	fcall_arg(&f, text_of(which));
	if (!fcall_send(&f, sent_off, NULL))
		log_warn("tell", "not_noted", KV("status", status_name(BUSY)));
}

static void
put_off(struct job *job)
{
	if (job->course == GOING)
		job->course = PUT_OFF;
}

/* What is wrong for all ends the telling. */
static void
refused(struct message *message, const struct wechat_answer *answer)
{
	struct job *job = message->job;
	struct tell *tell = job->tell;

	if (answer->refusal == WECHAT_TOO_OFTEN) {
		unmark(message, "again");
		put_off(job);
		return;
	}
	unmark(message, answer->refusal == WECHAT_NO_GRANT ? "none" : "back");
	job->refused++;
	tell->counters.refused++;
	if (answer->refusal == WECHAT_NO_GRANT || answer->refusal == WECHAT_BAD_OPENID)
		return;
	job->course = OVER;
	if (answer->refusal != WECHAT_BAD_TEMPLATE || tell->counters.is_stopped)
		return;
	tell->counters.is_stopped = true;
	log_error("tell", "stopped",
		KV("means", "wechat-call-template is not as WeChat has it; no messages until the next start"),
		KV("field", answer->field));
}

static void
on_sent(const struct wechat_answer *answer, void *context)
{
	struct message *message = context;
	struct job *job = message->job;

	job->is_sounded = true;
	switch (answer->outcome) {
	case WECHAT_DONE:
		job->sent++;
		job->tell->counters.sent++;
		break;
	case WECHAT_UNKNOWN:
		job->unknown++;
		job->tell->counters.unknown++;
		break;
	case WECHAT_NOT_DONE:
		unmark(message, "again");
		put_off(job);
		break;
	case WECHAT_REFUSED:
		refused(message, answer);
		break;
	}
	message_end(message);
}

static void
send_message(struct message *message, const struct call *call, const char *openid)
{
	const struct tell *tell = message->job->tell;
	const struct tell_template *template = &tell->template;
	const struct place_node *place = tree_find(tell->service->view->tree, call->record.place);
	char values[WECHAT_FIELDS_MAX][WECHAT_VALUE], page[64], id[ID_TEXT];
	struct wechat_message out = {.openid = openid, .template_id = template->id, .page = page};

	snprintf(page, sizeof(page), "pages/call/call?id=%s", id_print(id, call->record.id));
	for (unsigned i = 0; i < template->count; i++) {
		tell_template_value(values[i], template->fields[i].source, &call->record, place ? place->name : "");
		out.fields[i] = (struct wechat_field){template->fields[i].key, values[i]};
	}
	wechat_send(tell->service->wechat, &out, on_sent, message);
}

/* His grant is used up now, and he is not told of the call again. */
static void
on_marked(const struct reply *reply, void *context)
{
	struct message *message = context;
	struct job *job = message->job;
	struct service *service = job->tell->service;
	const struct call *call = takes_people(job);
	char openid[WECHAT_OPENID];

	if (reply->status == UNAVAILABLE || reply->status == BUSY)
		put_off(job);
	if (reply->status != OK) {
		message_end(message);
	} else if (!call || job->course != GOING || !service->wechat) {
		unmark(message, "again");
		job->dropped += !call;
		job->tell->counters.dropped += !call;
		message_end(message);
	} else if (openid_open(service->vault, message->person, reply_text(reply, 0), openid)) {
		send_message(message, call, openid);
	} else {
		unmark(message, "back");
		message_end(message);
	}
	sodium_memzero(openid, sizeof(openid));
}

static void
mark(struct job *job, struct id person)
{
	struct service *service = job->tell->service;
	struct message *message = or_die(malloc(sizeof(*message)));
	struct fcall f = fcall_bare(service->store, "tell_mark", person.partition, 3);
	char id[ID_TEXT];

	*message = (struct message){job, person};
	fcall_key(&f, KEY_TELLABLE);
	fcall_key(&f, KEY_TOLD, id_print(id, job->call));
	fcall_key(&f, KEY_PERSON, id_print(id, person));
	fcall_arg_id(&f, person);
	job->under_way++;
	service->message_count++;
	if (fcall_send(&f, on_marked, message))
		return;
	free(message);
	job->under_way--;
	service->message_count--;
	put_off(job);
}

/* The walk: page by page, partition by partition. */

static void
on_page(const struct reply *reply, void *context)
{
	struct job *job = context;
	struct text ids = reply_text(reply, 1);
	size_t room = 0;

	job->is_reading = false;
	if (reply->status != OK) {
		put_off(job);
		pump(job);
		return;
	}
	text_copy(job->cursor, sizeof(job->cursor), reply_text(reply, 0));
	for (size_t i = 0; i < ids.len; i++)
		room += ids.data[i] == ' ';
	job->page = or_die(realloc(job->page, (room + 1) * sizeof(*job->page)));
	job->count = job->at = 0;
	while (ids.len > 0)
		job->count += id_parse(&job->page[job->count], text_cut(&ids, ' '));
	pump(job);
}

/* False when all have been walked through. */
static bool
read_next(struct job *job)
{
	struct fcall f;

	if (job->page && strcmp(job->cursor, "0") == 0)
		job->partition++;
	if (job->partition == PARTITIONS)
		return false;
	f = fcall_read(job->tell->service->store, "tell_list", job->partition, 1);
	fcall_key(&f, KEY_TELLABLE);
	fcall_arg(&f, text_of(job->cursor));
	job->is_reading = fcall_send(&f, on_page, job);
	if (!job->is_reading)
		put_off(job);
	return true;
}

static void
on_renewed(const struct reply *reply, void *context)
{
	(void)reply;
	(void)context;
}

static struct fcall
lease_call(struct service *service, struct id call, uint32_t ms, bool is_held)
{
	struct fcall f = fcall_bare(service->store, "tell_lease", call.partition, 2);
	char id[ID_TEXT];

	fcall_key(&f, KEY_DUE);
	fcall_key(&f, KEY_CALL, id_print(id, call));
	fcall_arg_id(&f, call);
	fcall_arg_u64(&f, ms);
	fcall_arg(&f, is_held ? TEXT("1") : TEXT(""));
	return f;
}

/* If it is not renewed, another hub goes on beside this one, and nobody is told twice. */
static void
renew(struct job *job)
{
	struct fcall f;

	if (clock_mono_us() < job->renewed_us + RENEW_US)
		return;
	job->renewed_us = clock_mono_us();
	f = lease_call(job->tell->service, job->call, LEASE_MS, true);
	(void)!fcall_send(&f, on_renewed, NULL);
}

/* What is left of the page is dropped, and nobody looks further. */
static void
drop_rest(struct job *job)
{
	const struct service *service = job->tell->service;
	const struct call *call = view_call(service->view, job->call);

	for (; call && job->at < job->count; job->at++) {
		bool is_dropped = is_to_be_told(UNCONST(service), call, job->page[job->at]);
		job->dropped += is_dropped;
		job->tell->counters.dropped += is_dropped;
	}
	job->course = OVER;
}

static void
step(struct job *job)
{
	struct service *service = job->tell->service;
	unsigned most = job->is_sounded ? UNDER_WAY_MAX : 1;

	while (job->course == GOING && job->at < job->count && job->under_way < most) {
		const struct call *call = takes_people(job);
		if (!call)
			drop_rest(job);
		else if (is_to_be_told(service, call, job->page[job->at]))
			mark(job, job->page[job->at++]);
		else
			job->at++;
	}
	if (job->course == GOING && job->at == job->count && !job->is_reading && !read_next(job))
		job->course = OVER;
}

/* Goes on as far as may be; ends the job when there is nothing left to do and nothing under way. */
static void
pump(struct job *job)
{
	const struct service *service = job->tell->service;

	if (service->draining || !service->loaded || !service->wechat || service->disk_short)
		put_off(job);
	if (job->tell->counters.is_stopped)
		job->course = OVER;
	if (job->has_lease && job->course == GOING) {
		renew(job);
		step(job);
	}
	if (job->course != GOING && job->under_way == 0 && !job->is_reading)
		job_end(job);
}

/* The start of a job. */

static void
on_leased(const struct reply *reply, void *context)
{
	struct job *job = context;

	job->has_lease = reply->status == OK && reply_u64(reply, 0) == 1;
	if (!job->has_lease)
		job->course = OVER;
	else if (!view_call(job->tell->service->view, job->call))
		put_off(job); /* it has not been seen here yet */
	pump(job);
}

static bool
is_told_of(const struct tell *tell, struct id call)
{
	const struct job *job;

	TAILQ_FOREACH (job, &tell->jobs, in_list)
		if (id_equal(job->call, call))
			return true;
	return false;
}

static void
begin(struct tell *tell, struct id call)
{
	struct job *job = or_die(calloc(1, sizeof(*job)));
	struct fcall f = lease_call(tell->service, call, LEASE_MS, false);

	*job = (struct job){.tell = tell, .call = call, .cursor = "0", .renewed_us = clock_mono_us()};
	TAILQ_INSERT_TAIL(&tell->jobs, job, in_list);
	tell->job_count++;
	if (!fcall_send(&f, on_leased, job))
		job_destroy(job);
}

/* Where nobody is told, a lease of no time sees that what is too old goes. */
void
tell_due(struct service *service, struct id call)
{
	struct tell *tell = service->tell;
	struct fcall f;

	if (tell && service->wechat && !tell->counters.is_stopped) {
		if (tell->job_count < JOBS_MAX && !service->draining && !is_told_of(tell, call))
			begin(tell, call);
		return;
	}
	f = lease_call(service, call, 0, false);
	(void)!fcall_send(&f, on_renewed, NULL);
}

/* Life. */

struct tell *
tell_create(struct service *service, const struct tell_template *template)
{
	struct tell *tell = or_die(calloc(1, sizeof(*tell)));

	tell->service = service;
	tell->template = *template;
	TAILQ_INIT(&tell->jobs);
	return tell;
}

void
tell_destroy(struct tell *tell)
{
	struct job *job;

	if (!tell)
		return;
	while ((job = TAILQ_FIRST(&tell->jobs)))
		job_destroy(job);
	free(tell);
}

const struct tell_template *
tell_template(const struct tell *tell)
{
	return &tell->template;
}

struct tell_counters
tell_counters(const struct tell *tell)
{
	return tell->counters;
}
