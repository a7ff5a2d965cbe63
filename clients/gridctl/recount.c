#include "recount.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "keys.h"
#include "memory.h"

#define NUMBER_MAX  999999  /* of a line: a slot's scores go so far (functions/lines.lua) */
#define LINES_MAX   100000  /* of a chain (functions/chain.lua) */
#define SIGNED_MAX  5       /* live lines for others, by who is not the author (functions/chain.lua) */
#define SLOT_SCORES 1000000 /* from one slot to the next */
#define NUMBER_TEXT 24

#define NUMBER(n) print_number((char[NUMBER_TEXT]){0}, (n))

/* Notes a difference about one of the call's keys, by its format in keys.h. */
#define differ(r, flaw, format, about, found, wanted)                                                        \
	do {                                                                                                 \
		char id_[ID_TEXT], key_[96];                                                                 \
		snprintf(key_, sizeof(key_), "{%u}:" format, (r)->call.partition, id_print(id_, (r)->call)); \
		findings_add((r)->findings, (flaw), key_, (about), (found), (wanted));                       \
	} while (0)

enum kind { KIND_CONFIRMED, KIND_WAITING, KIND_PRESENT, KINDS };
static const char *const kind_names[KINDS] = {"confirmed", "waiting", "present"};

struct counted_line {
	struct line_change change; /* number 0: there is none */
	bool queued;               /* found in its sorted set */
	bool offered;              /* found in that set */
	bool live;                 /* found by its person */
	bool texts;                /* found among the texts */
};

/* A slot, or the call itself where it has none. */
struct pool {
	uint32_t limit;
	uint64_t confirmed, waiting; /* people, as counted */
	uint32_t first_waiting;      /* lines; 0: none */
	uint32_t last_confirmed;
};

/* What counts at a place. */
struct place_count {
	struct place place;
	uint64_t people[KINDS];
	bool seen[KINDS];
};

/* Who has put lines in for others. */
struct signer {
	struct id by;
	uint32_t lines;
	bool seen;
};

struct recount {
	struct id call;
	struct call_record record;
	struct call_numbers numbers;
	struct findings *findings;
	struct counted_line *lines; /* line n is lines[n - 1] */
	uint32_t room, highest;
	struct pool pools[SLOTS_MAX + 1];
	struct place_count *places; /* by place */
	size_t place_count;
	struct signer *signers; /* by id */
	size_t signer_count;
	uint64_t highest_ids[PARTITIONS];
};

static char *
print_number(char out[NUMBER_TEXT], uint64_t number)
{
	snprintf(out, NUMBER_TEXT, "%" PRIu64, number);
	return out;
}

static const char *
state_name(enum line_state state)
{
	static const char *const names[] = {"", "confirmed", "waiting", "struck", "offered"};

	return names[state];
}

void
findings_add(struct findings *findings, enum flaw flaw, const char *key, const char *about, const char *found,
	const char *wanted)
{
	struct difference *item;

	for (size_t i = 0; i < findings->count; i++) {
		item = &findings->items[i];
		if (item->flaw == flaw && strcmp(item->key, key) == 0 && strcmp(item->about, about) == 0)
			return;
	}
	if (findings->count == FINDINGS_MAX) {
		findings->more++;
		return;
	}
	item = &findings->items[findings->count++];
	item->flaw = flaw;
	snprintf(item->key, sizeof(item->key), "%s", key);
	snprintf(item->about, sizeof(item->about), "%s", about);
	snprintf(item->found, sizeof(item->found), "%s", found);
	snprintf(item->wanted, sizeof(item->wanted), "%s", wanted);
}

struct recount *
recount_create(
	struct id call, const struct call_record *record, const struct call_numbers *numbers, struct findings *findings)
{
	struct recount *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->call = call;
	r->record = *record;
	r->numbers = *numbers;
	r->findings = findings;
	r->pools[0].limit = record->limit;
	for (uint32_t slot = 1; slot <= record->slot_count; slot++)
		r->pools[slot].limit = record->slots[slot - 1].limit;
	r->highest_ids[call.partition] = call.number;
	return r;
}

void
recount_destroy(struct recount *r)
{
	free(r->lines);
	free(r->places);
	free(r->signers);
	free(r);
}

/* Lines. */

static struct counted_line *
line_at(const struct recount *r, uint32_t number)
{
	struct counted_line *line = number > 0 && number <= r->highest ? &r->lines[number - 1] : NULL;

	return line && line->change.number ? line : NULL;
}

/* A number as the functions write it; 0 for anything else. */
static uint32_t
parse_number(struct text text)
{
	uint64_t number;

	return text_to_u64(&number, text, NUMBER_MAX) ? (uint32_t)number : 0;
}

static void
grow(struct recount *r, uint32_t number)
{
	uint32_t room = MAX(r->room, 64);

	while (room < number)
		room *= 2;
	if (room > r->room) {
		r->lines = or_die(realloc(r->lines, room * sizeof(*r->lines)));
		memset(r->lines + r->room, 0, (room - r->room) * sizeof(*r->lines));
		r->room = room;
	}
	r->highest = MAX(r->highest, number);
}

static void
note_id(struct recount *r, struct id id)
{
	r->highest_ids[id.partition] = MAX(r->highest_ids[id.partition], id.number);
}

/* Bytes as a text of bounded length that ends with a NUL, to be shown. */
static char *
print_text(char out[96], struct text text)
{
	snprintf(out, 96, "%.*s", (int)MIN(text.len, 95), text.data);
	return out;
}

#define SHOWN(text) print_text((char[96]){0}, (text))

void
recount_line(struct recount *r, struct text number, struct text columns)
{
	uint32_t value = parse_number(number);
	struct line_change change;

	if (value == 0 || !line_change_parse(&change, value, columns, '\t')) {
		differ(r, FLAW_LINE, KEY_CALL_LINES, SHOWN(number), SHOWN(columns), WANTED_GOOD);
		return;
	}
	grow(r, value);
	r->lines[value - 1].change = change;
	note_id(r, change.person);
	note_id(r, change.by);
}

static uint32_t
pool_of(const struct recount *r, const struct line_change *line)
{
	return line->slot <= r->record.slot_count ? line->slot : 0;
}

static void
count_in_pool(struct recount *r, const struct line_change *line)
{
	struct pool *pool = &r->pools[pool_of(r, line)];

	if (line_counts(line->state)) {
		pool->confirmed += line->people;
		pool->last_confirmed = line->number;
	} else if (line->state == LINE_WAITING) {
		pool->waiting += line->people;
		if (pool->first_waiting == 0)
			pool->first_waiting = line->number;
	}
}

static void
check_line(struct recount *r, const struct line_change *line)
{
	char place[PLACE_TEXT], call_place[PLACE_TEXT];
	bool has_slots = r->record.slot_count > 0;

	if (!place_covers(r->record.place, line->place))
		differ(r, FLAW_PLACE, KEY_CALL_LINES, NUMBER(line->number), place_print(place, line->place),
			place_print(call_place, r->record.place));
	if (line->slot > r->record.slot_count || (has_slots && line->slot == 0))
		differ(r, FLAW_SLOT, KEY_CALL_LINES, NUMBER(line->number), NUMBER(line->slot),
			has_slots ? WANTED_GOOD : "0");
	if (line->granted_minutes > GRANTED_MAX)
		differ(r, FLAW_LINE, KEY_CALL_LINES, NUMBER(line->number), NUMBER(line->granted_minutes),
			NUMBER(GRANTED_MAX));
}

static void
check_gaps(struct recount *r)
{
	uint32_t last = MAX(r->highest, MIN(r->numbers.lines, NUMBER_MAX));

	if (r->numbers.lines < r->highest || r->numbers.lines > NUMBER_MAX)
		differ(r, FLAW_GAP, KEY_CALL, "lines", NUMBER(r->numbers.lines), NUMBER(r->highest));
	for (uint32_t number = 1; number <= last; number++)
		if (!line_at(r, number))
			differ(r, FLAW_GAP, KEY_CALL_LINES, NUMBER(number), "", WANTED_GOOD);
}

/* "confirmed", or of a slot "slot2 confirmed". */
static char *
print_field(char out[32], uint32_t slot, const char *word)
{
	if (slot == 0)
		snprintf(out, 32, "%s", word);
	else
		snprintf(out, 32, "slot%u %s", slot, word);
	return out;
}

/* The numbers of the record, of the call (slot 0) or of a slot. */
static void
check_people(struct recount *r, uint32_t slot, const struct counted *stands, uint64_t confirmed, uint64_t waiting)
{
	char about[32];

	if (stands->confirmed != confirmed)
		differ(r, FLAW_PEOPLE, KEY_CALL, print_field(about, slot, "confirmed"), NUMBER(stands->confirmed),
			NUMBER(confirmed));
	if (stands->waiting != waiting)
		differ(r, FLAW_PEOPLE, KEY_CALL, print_field(about, slot, "waiting"), NUMBER(stands->waiting),
			NUMBER(waiting));
}

/* The limit, the queue behind it, and the order of both. */
static void
check_pool(struct recount *r, uint32_t slot)
{
	const struct pool *pool = &r->pools[slot];
	const struct counted_line *first = line_at(r, pool->first_waiting);
	char about[32];

	if (pool->limit > 0 && pool->confirmed > pool->limit)
		differ(r, FLAW_LIMIT, KEY_CALL, print_field(about, slot, "confirmed"), NUMBER(pool->confirmed),
			NUMBER(pool->limit));
	if (!first)
		return;
	if (pool->limit == 0 || pool->confirmed + first->change.people <= pool->limit)
		differ(r, FLAW_ROOM, KEY_CALL_LINES, NUMBER(pool->first_waiting), "waiting", "confirmed");
	if (pool->last_confirmed > pool->first_waiting)
		differ(r, FLAW_TURN, KEY_CALL_LINES, NUMBER(pool->last_confirmed), "confirmed", "waiting");
}

static void
check_pools(struct recount *r)
{
	uint64_t confirmed = 0, waiting = 0;
	const struct counted call = {r->numbers.confirmed, r->numbers.waiting};

	for (uint32_t slot = 0; slot <= r->record.slot_count; slot++) {
		const struct pool *pool = &r->pools[slot];
		confirmed += pool->confirmed;
		waiting += pool->waiting;
		if (slot > 0)
			check_people(r, slot, &r->numbers.slots[slot - 1], pool->confirmed, pool->waiting);
		if (slot > 0 || r->record.slot_count == 0)
			check_pool(r, slot);
	}
	check_people(r, 0, &call, confirmed, waiting);
}

/* What follows from the lines: persons, places and who signed for others, sorted so that it is found again. */

struct person_in_slot {
	uint64_t person;
	uint32_t slot, number;
};

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static int
by_person(const void *left, const void *right)
{
	const struct person_in_slot *a = left, *b = right;

	if (a->person != b->person)
		return COMPARE(a->person, b->person);
	return a->slot != b->slot ? COMPARE(a->slot, b->slot) : COMPARE(a->number, b->number);
}

static int
by_place(const void *left, const void *right)
{
	return place_compare(((const struct place_count *)left)->place, ((const struct place_count *)right)->place);
}

static int
by_signer(const void *left, const void *right)
{
	const struct signer *a = left, *b = right;

	return COMPARE(id_key(a->by), id_key(b->by));
}

static void
check_twice(struct recount *r)
{
	struct person_in_slot *list = or_die(calloc(r->highest + 1, sizeof(*list)));
	size_t count = 0;

	for (uint32_t i = 0; i < r->highest; i++) {
		const struct line_change *line = &r->lines[i].change;
		if (line_is_live(line->state) && !id_is_none(line->person))
			list[count++] = (struct person_in_slot){id_key(line->person), line->slot, line->number};
	}
	qsort(list, count, sizeof(*list), by_person);
	for (size_t i = 1; i < count; i++)
		if (list[i].person == list[i - 1].person && list[i].slot == list[i - 1].slot)
			differ(r, FLAW_TWICE, KEY_CALL_LINES, NUMBER(list[i].number),
				state_name(r->lines[list[i].number - 1].change.state), "struck");
	free(list);
}

static void
add_place(struct place_count *count, const struct line_change *line)
{
	count->people[line_counts(line->state) ? KIND_CONFIRMED : KIND_WAITING] += line->people;
	if (line->present_ms)
		count->people[KIND_PRESENT] += line->people;
}

static void
count_places(struct recount *r)
{
	size_t count = 0, kept = 0;

	r->places = or_die(calloc(r->highest + 1, sizeof(*r->places)));
	for (uint32_t i = 0; i < r->highest; i++) {
		const struct line_change *line = &r->lines[i].change;
		if (!line_is_live(line->state))
			continue;
		r->places[count].place = line->place;
		add_place(&r->places[count++], line);
	}
	qsort(r->places, count, sizeof(*r->places), by_place);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || !place_equal(r->places[kept - 1].place, r->places[i].place)) {
			r->places[kept++] = r->places[i];
			continue;
		}
		for (enum kind kind = 0; kind < KINDS; kind++)
			r->places[kept - 1].people[kind] += r->places[i].people[kind];
	}
	r->place_count = kept;
}

static void
count_signers(struct recount *r)
{
	size_t count = 0, kept = 0;

	r->signers = or_die(calloc(r->highest + 1, sizeof(*r->signers)));
	for (uint32_t i = 0; i < r->highest; i++) {
		const struct line_change *line = &r->lines[i].change;
		if (line_is_live(line->state) && !id_is_none(line->by))
			r->signers[count++] = (struct signer){.by = line->by, .lines = 1};
	}
	qsort(r->signers, count, sizeof(*r->signers), by_signer);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && id_equal(r->signers[kept - 1].by, r->signers[i].by))
			r->signers[kept - 1].lines++;
		else
			r->signers[kept++] = r->signers[i];
	}
	r->signer_count = kept;
}

static void
check_bounds(struct recount *r)
{
	char id[ID_TEXT], about[64];

	if (r->highest > LINES_MAX)
		differ(r, FLAW_LIMIT, KEY_CALL, "lines", NUMBER(r->highest), NUMBER(LINES_MAX));
	for (size_t i = 0; i < r->signer_count; i++) {
		const struct signer *signer = &r->signers[i];
		if (signer->lines <= SIGNED_MAX || id_equal(signer->by, r->record.author))
			continue;
		snprintf(about, sizeof(about), "by %s", id_print(id, signer->by));
		differ(r, FLAW_LIMIT, KEY_CALL_LIVE, about, NUMBER(signer->lines), NUMBER(SIGNED_MAX));
	}
}

void
recount_lines_end(struct recount *r)
{
	for (uint32_t i = 0; i < r->highest; i++) {
		const struct line_change *line = &r->lines[i].change;
		if (line->number == 0)
			continue;
		check_line(r, line);
		count_in_pool(r, line);
	}
	check_gaps(r);
	check_pools(r);
	check_twice(r);
	count_places(r);
	count_signers(r);
	check_bounds(r);
}

/* What else stands there. */

void
recount_queued(struct recount *r, bool waiting, struct text number, struct text score)
{
	struct counted_line *line = line_at(r, parse_number(number));
	uint64_t wanted;
	bool belongs = line && (waiting ? line->change.state == LINE_WAITING : line_counts(line->change.state));

	if (!belongs) {
		if (waiting)
			differ(r, FLAW_QUEUE, KEY_CALL_WAITING, SHOWN(number), SHOWN(score), "");
		else
			differ(r, FLAW_QUEUE, KEY_CALL_CONFIRMED, SHOWN(number), SHOWN(score), "");
		return;
	}
	line->queued = true;
	wanted = (uint64_t)line->change.slot * SLOT_SCORES + line->change.number;
	if (text_equal(score, text_of(NUMBER(wanted))))
		return;
	if (waiting)
		differ(r, FLAW_QUEUE, KEY_CALL_WAITING, SHOWN(number), SHOWN(score), NUMBER(wanted));
	else
		differ(r, FLAW_QUEUE, KEY_CALL_CONFIRMED, SHOWN(number), SHOWN(score), NUMBER(wanted));
}

void
recount_offered(struct recount *r, struct text number, struct text score)
{
	struct counted_line *line = line_at(r, parse_number(number));
	uint64_t wanted = line ? (uint64_t)line->change.slot * SLOT_SCORES + line->change.number : 0;

	if (!line || line->change.state != LINE_OFFERED) {
		differ(r, FLAW_QUEUE, KEY_CALL_OFFERED, SHOWN(number), SHOWN(score), "");
		return;
	}
	line->offered = true;
	if (!text_equal(score, text_of(NUMBER(wanted))))
		differ(r, FLAW_QUEUE, KEY_CALL_OFFERED, SHOWN(number), SHOWN(score), NUMBER(wanted));
}

/* "by 1.99": how many live lines he has put in for others. */
static void
take_signer(struct recount *r, struct text field, struct text id, struct text value)
{
	struct signer wanted = {.lines = 0}, *found = NULL;

	if (id_parse(&wanted.by, id))
		found = bsearch(&wanted, r->signers, r->signer_count, sizeof(*r->signers), by_signer);
	if (found)
		found->seen = true;
	if (!text_equal(value, text_of(NUMBER(found ? found->lines : 0))))
		differ(r, FLAW_SIGNED, KEY_CALL_LIVE, SHOWN(field), SHOWN(value), NUMBER(found ? found->lines : 0));
}

void
recount_live(struct recount *r, struct text field, struct text value)
{
	struct counted_line *line = line_at(r, parse_number(value));
	struct text slot = field, person = text_cut(&slot, ' ');
	struct id id;
	bool good;

	if (text_equal(person, TEXT("by"))) {
		take_signer(r, field, slot, value);
		return;
	}
	good = line && line_is_live(line->change.state) && id_parse(&id, person) && id_equal(id, line->change.person) &&
	       text_equal(slot, line->change.slot ? text_of(NUMBER(line->change.slot)) : TEXT(""));
	if (good)
		line->live = true;
	else
		differ(r, FLAW_LIVE, KEY_CALL_LIVE, SHOWN(field), SHOWN(value), "");
}

void
recount_tally(struct recount *r, struct text field, struct text people)
{
	struct text word = field, code = text_cut(&word, ' ');
	struct place_count wanted, *found = NULL;
	uint64_t counted = 0;
	enum kind kind = 0;

	while (kind < KINDS && !text_equal(word, text_of(kind_names[kind])))
		kind++;
	if (kind == KINDS || !place_parse(&wanted.place, code)) {
		differ(r, FLAW_TALLY, KEY_CALL_TALLY, SHOWN(field), SHOWN(people), "");
		return;
	}
	found = bsearch(&wanted, r->places, r->place_count, sizeof(*r->places), by_place);
	if (found) {
		found->seen[kind] = true;
		counted = found->people[kind];
	}
	if (!text_equal(people, text_of(NUMBER(counted))))
		differ(r, FLAW_TALLY, KEY_CALL_TALLY, SHOWN(field), SHOWN(people), NUMBER(counted));
}

void
recount_texts(struct recount *r, struct text number)
{
	struct counted_line *line = line_at(r, parse_number(number));

	if (line && line->change.has_texts && !r->record.forgotten)
		line->texts = true;
	else
		differ(r, FLAW_TEXTS, KEY_CALL_TEXTS, SHOWN(number), WANTED_GOOD, "");
}

uint32_t
recount_next_offered(const struct recount *r, uint32_t after)
{
	for (uint32_t number = after + 1; number <= r->highest; number++)
		if (r->lines[number - 1].change.state == LINE_OFFERED)
			return number;
	return 0;
}

void
recount_offer_due(struct recount *r, uint32_t number, struct text score)
{
	const struct line_change *line = &r->lines[number - 1].change;
	char key[32], about[64], id[ID_TEXT];

	/* Whose call has ended is not waited for any more. */
	if (r->record.state != CALL_OPEN || text_equal(score, text_of(NUMBER(line->until_ms))))
		return;
	snprintf(key, sizeof(key), "{%u}:" KEY_DUE, r->call.partition);
	snprintf(about, sizeof(about), "offer %s %u", id_print(id, r->call), number);
	findings_add(r->findings, FLAW_DUE, key, about, SHOWN(score), NUMBER(line->until_ms));
}

const uint64_t *
recount_highest_ids(const struct recount *r)
{
	return r->highest_ids;
}

/* What did not come. */

static void
miss_in_sets(struct recount *r, const struct counted_line *line)
{
	const struct line_change *change = &line->change;
	char field[ID_TEXT + 16], id[ID_TEXT];
	uint64_t score = (uint64_t)change->slot * SLOT_SCORES + change->number;

	if (!line->queued && change->state == LINE_WAITING)
		differ(r, FLAW_QUEUE, KEY_CALL_WAITING, NUMBER(change->number), "", NUMBER(score));
	else if (!line->queued)
		differ(r, FLAW_QUEUE, KEY_CALL_CONFIRMED, NUMBER(change->number), "", NUMBER(score));
	if (!line->offered && change->state == LINE_OFFERED)
		differ(r, FLAW_QUEUE, KEY_CALL_OFFERED, NUMBER(change->number), "", NUMBER(score));
	if (line->live || id_is_none(change->person))
		return;
	id_print(id, change->person);
	if (change->slot)
		snprintf(field, sizeof(field), "%s %u", id, change->slot);
	else
		snprintf(field, sizeof(field), "%s", id);
	differ(r, FLAW_LIVE, KEY_CALL_LIVE, field, "", NUMBER(change->number));
}

static void
miss_counts(struct recount *r)
{
	char code[PLACE_TEXT], id[ID_TEXT], about[64];

	for (size_t i = 0; i < r->place_count; i++) {
		const struct place_count *count = &r->places[i];
		for (enum kind kind = 0; kind < KINDS; kind++) {
			if (count->seen[kind] || count->people[kind] == 0)
				continue;
			snprintf(about, sizeof(about), "%s %s", place_print(code, count->place), kind_names[kind]);
			differ(r, FLAW_TALLY, KEY_CALL_TALLY, about, "", NUMBER(count->people[kind]));
		}
	}
	for (size_t i = 0; i < r->signer_count; i++) {
		if (r->signers[i].seen)
			continue;
		snprintf(about, sizeof(about), "by %s", id_print(id, r->signers[i].by));
		differ(r, FLAW_SIGNED, KEY_CALL_LIVE, about, "", NUMBER(r->signers[i].lines));
	}
}

void
recount_end(struct recount *r)
{
	for (uint32_t i = 0; i < r->highest; i++) {
		const struct counted_line *line = &r->lines[i];
		if (line_is_live(line->change.state))
			miss_in_sets(r, line);
		if (line->change.has_texts && !line->texts && !r->record.forgotten)
			differ(r, FLAW_TEXTS, KEY_CALL_TEXTS, NUMBER(line->change.number), "", WANTED_GOOD);
	}
	miss_counts(r);
}

uint32_t
recount_lines(const struct recount *r)
{
	return r->highest;
}

const struct line_change *
recount_line_of(const struct recount *r, uint32_t number)
{
	const struct counted_line *line = line_at(r, number);

	return line ? &line->change : NULL;
}
