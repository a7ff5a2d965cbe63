/* device.c - where a person stays logged in. */
#include "clock.h"
#include "keys.h"
#include "rights.h"
#include "verbs.h"

/* "2<tab>phone<tab>1649761200000<tab>1649761200000<tab>1652353200000" */
static bool
parse_device(struct device *out, struct text row)
{
	return text_to_u32(&out->number, text_cut(&row, '\t')) && (out->name = text_cut(&row, '\t'), true) &&
	       text_to_u64(&out->made_ms, text_cut(&row, '\t'), ID_NUMBER_MAX) &&
	       text_to_u64(&out->seen_ms, text_cut(&row, '\t'), ID_NUMBER_MAX) &&
	       text_to_u64(&out->until_ms, row, ID_NUMBER_MAX);
}

bool
parse_devices(struct device out[DEVICES_MAX], size_t *count, struct text rows)
{
	*count = 0;
	while (rows.len > 0 && *count < DEVICES_MAX)
		if (!parse_device(&out[(*count)++], text_cut(&rows, '\n')))
			return false;
	return true;
}

static void
tell(struct request *rq, const struct reply *reply, uint32_t own)
{
	struct device devices[DEVICES_MAX];
	size_t count;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	if (!parse_devices(devices, &count, reply_text(reply, 0)))
		return request_refuse(rq, INTERNAL, NULL);
	request_answer(rq, answer_device_list(rq->id, devices, count, own));
}

static void
listed(const struct reply *reply, void *context)
{
	struct request *rq = context;

	tell(rq, reply, rq->client ? rq->client->device : 0);
}

static void
listed_of_another(const struct reply *reply, void *context)
{
	tell(context, reply, 0);
}

/* Whose devices are meant; none: not one whom the asker may ask about, and the request has ended. */
static struct id
whose(struct request *rq, struct id person)
{
	if (id_is_none(person))
		return rq->person;
	if (rq->is_free || rights_over_devices(rq->service->view, rq->person, person, clock_wall_ms()))
		return person;
	request_refuse(rq, FORBIDDEN, "person");
	return (struct id){0};
}

void
verb_device_list(struct request *rq, const struct asked *asked)
{
	struct id person = whose(rq, asked->device_list.person);
	char id[ID_TEXT];
	struct fcall f;

	if (id_is_none(person))
		return;
	f = fcall_read(rq->service->store, "device_list", person.partition, 1);
	fcall_key(&f, KEY_PERSON_DEVICES, id_print(id, person));
	request_call(rq, &f, id_equal(person, rq->person) ? listed : listed_of_another);
}

void
verb_device_revoke(struct request *rq, const struct asked *asked)
{
	struct id person = whose(rq, asked->device_revoke.person);
	char id[ID_TEXT];
	struct fcall f;

	if (id_is_none(person))
		return;
	f = fcall_write(rq->service->store, "device_revoke", person.partition, 2, &rq->stamp);
	fcall_key(&f, KEY_PERSON_DEVICES, id_print(id, person));
	fcall_key(&f, KEY_AUDIT);
	fcall_arg(&f, text_of(id));
	fcall_arg_u64(&f, asked->device_revoke.device);
	request_audit(rq, &f);
	request_call(rq, &f, request_ended);
}
