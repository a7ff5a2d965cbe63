/* roster.c - the members as a party office keeps them, before any of them has logged in.
 *
 * A phone comes in clear, is hashed and sealed here, and goes no further. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "keys.h"
#include "rights.h"
#include "verbs.h"

/* A place that may be none, the whole country; otherwise the request has ended. */
static bool
may_at(struct request *rq, struct place place)
{
	return place_is_none(place) ? request_may(rq, place, "place") : known_place(rq, place, "place") != NULL;
}

/* Import: the rows of a request by the partitions of their phones, a call to each. */

struct share {
	struct request *request;
	uint8_t partition;
};

struct row {
	struct phone_hash hash;
	struct place place;
	uint8_t partition; /* PARTITIONS: refused */
};

struct import {
	struct share shares[PARTITIONS];
	unsigned waiting; /* shares without an answer, and one while they are sent */
	enum status status;
	char field[FIELD_TEXT_MAX];
	struct place under; /* covers all rows; none: the whole country, for one without a place is anywhere */
	struct place reach; /* of whose entries he may change; none: the whole country */
	size_t count;
	struct row rows[ROSTER_ROWS_MAX];
	struct roster_outcome outcomes[ROSTER_ROWS_MAX];
};

static void
import_answered(struct request *rq)
{
	struct import *import = rq->state;

	if (--import->waiting > 0)
		return;
	rq->service->import_count--;
	if (import->status == OK)
		request_answer(rq, answer_roster_import(rq->id, import->outcomes, import->count));
	else
		request_refuse(rq, import->status, import->field);
}

/* A digit as functions/roster.lua writes it. */
static struct roster_outcome
outcome_of(char digit)
{
	static const char *const names[ROSTER_FIELDS] = {"name", "organisation", "place"};
	struct roster_outcome outcome = {.what = ROSTER_CHANGED};
	size_t count = 0;

	if (digit == '8')
		return (struct roster_outcome){.what = ROSTER_ADDED};
	if (digit == '0')
		return (struct roster_outcome){.what = ROSTER_SAME};
	if (digit == '9')
		return (struct roster_outcome){ROSTER_REFUSED, {"elsewhere"}};
	for (unsigned i = 0; i < ROSTER_FIELDS; i++)
		if ((digit - '0') & 1 << i)
			outcome.fields[count++] = names[i];
	return outcome;
}

/* What went wrong with one share counts for all: sent again, those that are done say the same again. */
static void
fail_import(struct import *import, enum status status, const char *field)
{
	import->status = status;
	snprintf(import->field, sizeof(import->field), "%s", field);
}

static void
share_imported(const struct reply *reply, void *context)
{
	const struct share *share = context;
	struct request *rq = share->request;
	struct import *import = rq->state;
	struct text digits = reply_text(reply, 0);
	size_t next = 0;

	if (reply->status != OK)
		fail_import(import, reply->status, reply->field);
	for (size_t i = 0; i < import->count && next < digits.len; i++)
		if (import->rows[i].partition == share->partition)
			import->outcomes[i] = outcome_of(digits.data[next++]);
	import_answered(rq);
}

/* Why a row cannot be taken; NULL if it can. */
static const char *
row_flaw(const struct service *service, const struct roster_row *in, struct row *row)
{
	struct phone phone;

	row->partition = PARTITIONS;
	if (in->place.len > 0 && (!place_parse(&row->place, in->place) || !tree_known(service->view->tree, row->place)))
		return "place";
	if (!phone_parse(&phone, in->phone))
		return "phone";
	row->hash = vault_hash(service->vault, phone);
	row->partition = phone_hash_partition(&row->hash);
	sodium_memzero(&phone, sizeof(phone));
	return NULL;
}

static void
add_row(struct fcall *f, const struct service *service, const struct roster_row *in, const struct row *row)
{
	char hash[PHONE_HASH_TEXT], sealed[VAULT_SEALED];
	struct phone phone;

	if (!phone_parse(&phone, in->phone))
		return;
	fcall_arg(f, text_of(phone_hash_print(hash, &row->hash)));
	fcall_arg(f, text_of(vault_seal(service->vault, phone, sealed)));
	sodium_memzero(&phone, sizeof(phone));
	fcall_arg(f, in->place);
	fcall_arg(f, in->name);
	fcall_arg(f, in->organisation);
}

static void
send_share(struct request *rq, const struct roster_import *in, uint8_t partition)
{
	const struct roster_row *rows = in->rows.items;
	struct import *import = rq->state;
	struct share *share = &import->shares[partition];
	struct fcall f = fcall_write(rq->service->store, "roster_import", partition, 3, &rq->stamp);

	*share = (struct share){rq, partition};
	fcall_key(&f, KEY_ROSTER);
	fcall_key(&f, KEY_ROSTER_ORDER);
	fcall_key(&f, KEY_AUDIT);
	fcall_arg_u64(&f, in->only_look);
	fcall_arg_u64(&f, in->keep_organisation);
	fcall_arg_u64(&f, in->keep_place);
	fcall_arg_place(&f, import->reach);
	for (size_t i = 0; i < import->count; i++)
		if (import->rows[i].partition == partition)
			add_row(&f, rq->service, &rows[i], &import->rows[i]);
	request_audit(rq, &f);
	import->waiting++;
	if (fcall_send(&f, share_imported, share))
		return;
	fail_import(import, BUSY, "");
	import->waiting--;
}

/* What covers the places of all rows that are taken. */
static struct place
place_of_rows(const struct import *import)
{
	struct place under = {0};
	bool first = true;

	for (size_t i = 0; i < import->count; i++) {
		if (import->rows[i].partition == PARTITIONS)
			continue;
		under = first ? import->rows[i].place : under;
		first = false;
		while (!place_is_none(under) && !place_covers(under, import->rows[i].place))
			under = place_parent(under);
	}
	return under;
}

/* Which partitions have rows, a bit each. */
static uint32_t
check_rows(struct request *rq, const struct roster_import *in)
{
	const struct roster_row *rows = in->rows.items;
	struct import *import = rq->state;
	uint32_t partitions = 0;

	import->count = in->rows.count;
	for (size_t i = 0; i < import->count; i++) {
		const char *flaw = row_flaw(rq->service, &rows[i], &import->rows[i]);
		if (flaw)
			import->outcomes[i] = (struct roster_outcome){ROSTER_REFUSED, { flaw }};
		else
			partitions |= 1U << import->rows[i].partition;
	}
	import->under = place_of_rows(import);
	return partitions;
}

/* The digest of the request is kept for a day, and tells a phone to who knows all else of a row: not without the key. */
void
verb_roster_import(struct request *rq, const struct asked *asked)
{
	const struct roster_import *in = &asked->roster_import;
	struct import *import;
	uint32_t partitions;

	if (rq->service->import_count == IMPORTS_MAX)
		return request_refuse(rq, BUSY, NULL);
	import = rq->state = calloc(1, sizeof(*import));
	if (!import)
		return request_refuse(rq, BUSY, NULL);
	vault_blind(rq->service->vault, rq->digest);
	partitions = check_rows(rq, in);
	if (partitions && !request_may(rq, import->under, "rows"))
		return;
	if (!rq->is_free)
		import->reach = rights_widest(rq->service->view, rq->person, rq->verb, import->under, clock_wall_ms());
	import->status = OK;
	import->waiting = 1;
	rq->service->import_count++;
	for (uint8_t i = 0; i < PARTITIONS; i++)
		if (partitions & 1U << i)
			send_share(rq, in, i);
	import_answered(rq);
}

/* List: partition by partition. Where to go on is "7:" and the item behind which, or nothing for the beginning of one. */

struct listing {
	uint8_t partition;
	uint32_t count;
};

#define NEXT_TEXT (sizeof("15:") + PLACE_TEXT + PHONE_HASH_TEXT)

static bool
parse_next(struct text next, uint8_t *partition, struct text *item)
{
	struct text number = text_cut(&next, ':');
	uint32_t value = 0;

	*item = next;
	if (number.len > 0 && (!text_to_u32(&value, number) || value >= PARTITIONS))
		return false;
	*partition = (uint8_t)value;
	return true;
}

static void
print_next(char out[NEXT_TEXT], const struct listing *listing, const struct roster_entry *last)
{
	out[0] = '\0';
	if (last)
		snprintf(out, NEXT_TEXT, "%u:%.*s %.*s", listing->partition, (int)last->place.len, last->place.data,
			(int)last->entry.len, last->entry.data);
	else if (listing->partition + 1 < PARTITIONS)
		snprintf(out, NEXT_TEXT, "%u:", listing->partition + 1U);
}

/* "hash<tab>place<tab>name<tab>organisation<tab>sealed<tab>added". A phone that does not open shows as nothing. */
static struct roster_entry
read_entry(const struct vault *vault, struct text row, char mask[PHONE_DIGITS + 1])
{
	struct roster_entry entry = {.entry = text_cut(&row, '\t')};
	struct phone_hash hash;
	struct phone phone;

	entry.place = text_cut(&row, '\t');
	entry.name = text_cut(&row, '\t');
	entry.organisation = text_cut(&row, '\t');
	mask[0] = '\0';
	if (phone_hash_parse(&hash, entry.entry) && vault_open(vault, &hash, text_cut(&row, '\t'), &phone))
		phone_hide(mask, phone);
	sodium_memzero(&phone, sizeof(phone));
	entry.phone = text_of(mask);
	return entry;
}

static void
entries_were_read(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct listing *listing = rq->state;
	struct roster_entry entries[ROSTER_PAGE_MAX];
	char masks[ROSTER_PAGE_MAX][PHONE_DIGITS + 1], next[NEXT_TEXT];
	struct text rest = reply_text(reply, 0);
	size_t count = 0;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	for (; rest.len > 0 && count < listing->count; count++)
		entries[count] = read_entry(rq->service->vault, text_cut(&rest, '\n'), masks[count]);
	print_next(next, listing, count > 0 && count == listing->count ? &entries[count - 1] : NULL);
	request_answer(rq, answer_roster_list(rq->id, entries, count, next));
}

void
verb_roster_list(struct request *rq, const struct asked *asked)
{
	const struct roster_list *in = &asked->roster_list;
	struct listing *listing = rq->state = malloc(sizeof(*listing));
	struct text item;
	struct fcall f;

	if (!listing)
		return request_refuse(rq, BUSY, NULL);
	if (!may_at(rq, in->place))
		return;
	if (!parse_next(in->after, &listing->partition, &item))
		return request_refuse(rq, BAD_REQUEST, "after");
	listing->count = in->count;
	f = fcall_read(rq->service->store, "roster_list", listing->partition, 2);
	fcall_key(&f, KEY_ROSTER);
	fcall_key(&f, KEY_ROSTER_ORDER);
	fcall_arg_place(&f, in->place);
	fcall_arg(&f, item);
	fcall_arg_u64(&f, in->count);
	request_call(rq, &f, entries_were_read);
}

void
verb_roster_remove(struct request *rq, const struct asked *asked)
{
	const struct roster_remove *in = &asked->roster_remove;
	struct phone_hash hash;
	struct fcall f;

	if (!may_at(rq, in->place))
		return;
	if (!phone_hash_parse(&hash, in->entry))
		return request_refuse(rq, BAD_REQUEST, "entry");
	f = fcall_write(rq->service->store, "roster_remove", phone_hash_partition(&hash), 3, &rq->stamp);
	fcall_key(&f, KEY_ROSTER);
	fcall_key(&f, KEY_ROSTER_ORDER);
	fcall_key(&f, KEY_AUDIT);
	fcall_arg(&f, in->entry);
	fcall_arg_place(&f, in->place);
	request_audit(rq, &f);
	request_call(rq, &f, request_ended);
}
