/* audit_sign_ups.c - what the relay has brought to persons (functions/relay.lua), against the lines of the calls.
 *
 * A line and the sign-up that it causes lie in two partitions, and the relay is behind by a moment. So a pair that does not
 * agree is a suspect: it is looked at again, line, sign-up, the end of the log and the relay's mark as of one moment, and
 * is a difference only when the mark has passed the end that the log had when the line was already so. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "keys.h"
#include "memory.h"

#define SIGN_UPS_MAX 2000 /* of a person (functions/relay.lua) */
#define LOOKS        4    /* at a suspect: the relay's marks move every second */
#define PAUSE_US     400000

/* "confirmed<tab>1<tab>2<tab>720<tab>1649761234567" */
#define VALUE_TEXT 96

struct sign_up {
	struct id call;
	uint32_t number;
	struct id person;
};

struct suspect {
	struct sign_up sign_up;
	char wanted[VALUE_TEXT]; /* by the line, when it was looked at; empty: there is no such line */
	uint64_t seen_at;        /* how long the log was then */
};

/* One pair. */

/* Its field: "7.1 3". */
static char *
print_field(char out[48], const struct sign_up *sign_up)
{
	char id[ID_TEXT];

	snprintf(out, 48, "%s %u", id_print(id, sign_up->call), sign_up->number);
	return out;
}

static struct command *
ask_line(const struct sign_up *sign_up)
{
	struct command *command = command_create("HGET");
	char id[ID_TEXT];

	command_key(command, sign_up->call.partition, KEY_CALL_LINES, id_print(id, sign_up->call));
	command_arg_u64(command, sign_up->number);
	return command;
}

/* What a person's partition keeps of him: all his sign-ups, the same by their time, his minutes. */
enum kept { KEPT_SIGN_UPS, KEPT_RECENT, KEPT_MINUTES, KEPT };

static char *
print_key(char out[64], enum kept kept, struct id person)
{
	char id[ID_TEXT];

	id_print(id, person);
	if (kept == KEPT_SIGN_UPS)
		snprintf(out, 64, KEY_PERSON_SIGN_UPS, id);
	else if (kept == KEPT_RECENT)
		snprintf(out, 64, KEY_PERSON_RECENT, id);
	else
		snprintf(out, 64, KEY_PERSON, id);
	return out;
}

static struct command *
ask_about(const char *name, enum kept kept, struct id person)
{
	struct command *command = command_create(name);
	char key[64];

	command_key(command, person.partition, "%s", print_key(key, kept, person));
	return command;
}

static struct command *
ask_sign_up(const struct sign_up *sign_up)
{
	struct command *command = ask_about("HGET", KEPT_SIGN_UPS, sign_up->person);
	char field[48];

	command_arg(command, text_of(print_field(field, sign_up)));
	return command;
}

/* What the sign-up says that follows from a line; empty if there is none of that person. */
static void
value_of(char out[VALUE_TEXT], const struct sign_up *sign_up, const redisReply *line)
{
	struct line_change change;

	out[0] = '\0';
	if (!line_change_parse(&change, sign_up->number, reply_string(line), '\t'))
		return;
	if (id_equal(change.person, sign_up->person))
		snprintf(out, VALUE_TEXT, "%s\t%u\t%u\t%u\t%" PRIu64, line_state_name(change.state), change.slot,
			change.people, change.granted_minutes, change.joined_ms);
}

/* Pairs. */

static void
add_suspect(struct audit *audit, const struct sign_up *sign_up)
{
	if (audit->suspect_count == audit->suspect_room) {
		audit->suspect_room = audit->suspect_room ? audit->suspect_room * 2 : 256;
		audit->suspects = or_die(reallocarray(audit->suspects, audit->suspect_room, sizeof(*audit->suspects)));
	}
	audit->suspects[audit->suspect_count++] = (struct suspect){.sign_up = *sign_up, .wanted = "?"};
}

static void
look_at_all(struct audit *audit)
{
	for (size_t i = 0; i < audit->sign_up_count; i++) {
		direct_send(audit->redis, ask_line(&audit->sign_ups[i]));
		direct_send(audit->redis, ask_sign_up(&audit->sign_ups[i]));
	}
	for (size_t i = 0; i < audit->sign_up_count; i++) {
		redisReply *line = direct_take(audit->redis), *sign_up = direct_take(audit->redis);
		char wanted[VALUE_TEXT];
		if (line && sign_up) {
			value_of(wanted, &audit->sign_ups[i], line);
			if (!text_equal(reply_string(sign_up), text_of(wanted)))
				add_suspect(audit, &audit->sign_ups[i]);
		}
		freeReplyObject(line);
		freeReplyObject(sign_up);
	}
	audit->sign_up_count = 0;
}

void
audit_add_sign_up(struct audit *audit, struct id call, uint32_t number, struct id person)
{
	if (!audit->sign_ups)
		audit->sign_ups = or_die(calloc(AUDIT_BATCH, sizeof(*audit->sign_ups)));
	audit->sign_ups[audit->sign_up_count++] = (struct sign_up){call, number, person};
	if (audit->sign_up_count == AUDIT_BATCH)
		look_at_all(audit);
}

/* Suspects. */

enum look { LOOK_LINE, LOOK_SIGN_UP, LOOK_END, LOOK_MARK, LOOK_COUNT, LOOKS_TOGETHER };

static void
look_again(struct audit *audit, const struct sign_up *sign_up)
{
	uint8_t source = sign_up->call.partition;
	char number[8];

	snprintf(number, sizeof(number), "%u", source);
	direct_begin(audit->redis);
	direct_send(audit->redis, ask_line(sign_up));
	direct_send(audit->redis, ask_sign_up(sign_up));
	direct_send(audit->redis, audit_ask_for("HGET", source, KEY_META, "seq"));
	direct_send(audit->redis, audit_ask_for("HGET", sign_up->person.partition, KEY_RELAY, number));
	direct_send(audit->redis, ask_about("ZCARD", KEPT_RECENT, sign_up->person));
	direct_end(audit->redis);
}

/* The number in front; 0 if there is none. */
static uint64_t
number_of(const redisReply *reply)
{
	struct text rest = reply_string(reply);
	uint64_t number;

	return text_to_u64(&number, text_cut(&rest, ' '), ID_NUMBER_MAX) ? number : 0;
}

static void
tell_suspect(struct audit *audit, const struct suspect *suspect, const redisReply *found)
{
	struct id person = suspect->sign_up.person;
	char key[64], field[48];

	audit_differ(audit, FLAW_SIGN_UP, person.partition, print_key(key, KEPT_SIGN_UPS, person),
		print_field(field, &suspect->sign_up), reply_string(found).data, suspect->wanted);
	audit_tell(audit);
}

/* False: it is pending. Who has signed up very often has forgotten his oldest sign-ups. */
static bool
judge(struct audit *audit, struct suspect *suspect, const redisReply *looks)
{
	redisReply *const *look = looks->element;
	struct text found = reply_string(look[LOOK_SIGN_UP]);
	char wanted[VALUE_TEXT];

	value_of(wanted, &suspect->sign_up, look[LOOK_LINE]);
	if (text_equal(found, text_of(wanted)) || (found.len == 0 && look[LOOK_COUNT]->integer >= SIGN_UPS_MAX))
		return true;
	if (strcmp(wanted, suspect->wanted) != 0) {
		snprintf(suspect->wanted, sizeof(suspect->wanted), "%s", wanted);
		suspect->seen_at = number_of(look[LOOK_END]);
	}
	if (number_of(look[LOOK_MARK]) < suspect->seen_at)
		return false;
	tell_suspect(audit, suspect, look[LOOK_SIGN_UP]);
	return true;
}

static void
judge_all(struct audit *audit)
{
	struct suspect *suspects = audit->suspects;
	size_t left = 0;

	for (size_t from = 0, to; from < audit->suspect_count; from = to) {
		to = MIN(from + AUDIT_BATCH, audit->suspect_count);
		for (size_t i = from; i < to; i++)
			look_again(audit, &suspects[i].sign_up);
		for (size_t i = from; i < to; i++) {
			redisReply *looks = direct_take_together(audit->redis, LOOKS_TOGETHER);
			if (looks && !judge(audit, &suspects[i], looks))
				suspects[left++] = suspects[i];
			freeReplyObject(looks);
		}
	}
	audit->suspect_count = left;
}

static int
by_line(const void *left, const void *right)
{
	const struct sign_up *a = &((const struct suspect *)left)->sign_up,
			     *b = &((const struct suspect *)right)->sign_up;

	if (!id_equal(a->call, b->call))
		return id_key(a->call) < id_key(b->call) ? -1 : 1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return (id_key(a->person) > id_key(b->person)) - (id_key(a->person) < id_key(b->person));
}

/* A pair was added by the line, and by the sign-up. */
static void
suspect_each_once(struct audit *audit)
{
	struct suspect *suspects = audit->suspects;
	size_t kept = 0;

	if (audit->suspect_count > 0)
		qsort(suspects, audit->suspect_count, sizeof(*suspects), by_line);
	for (size_t i = 0; i < audit->suspect_count; i++)
		if (kept == 0 || by_line(&suspects[kept - 1], &suspects[i]) != 0)
			suspects[kept++] = suspects[i];
	audit->suspect_count = kept;
}

void
audit_sign_ups(struct audit *audit)
{
	look_at_all(audit);
	suspect_each_once(audit);
	for (unsigned look = 0; look < (audit->at_once ? 1 : LOOKS) && audit->suspect_count > 0; look++) {
		if (look > 0)
			usleep(PAUSE_US);
		judge_all(audit);
	}
	audit->pending = audit->suspect_count;
}

/* All that is kept of one person. */

static void
ask_kept(struct audit *audit, struct id person)
{
	struct command *recent = ask_about("ZRANGE", KEPT_RECENT, person);
	char key[64];

	command_arg(recent, TEXT("0"));
	command_arg(recent, TEXT("-1"));
	command_arg(recent, TEXT("WITHSCORES"));
	direct_send(audit->redis, ask_about("HGETALL", KEPT_SIGN_UPS, person));
	direct_send(audit->redis, recent);
	direct_send(
		audit->redis, audit_ask_for("HGET", person.partition, print_key(key, KEPT_MINUTES, person), "minutes"));
}

/* Notes a difference about a part of it. */
static void
differ(struct audit *audit, enum flaw flaw, struct id person, enum kept kept, struct text about, struct text found,
	struct text wanted)
{
	const struct text texts[] = {about, found, wanted};
	char key[64], copies[ARRAY_LEN(texts)][64];

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		snprintf(copies[i], sizeof(copies[i]), "%.*s", (int)MIN(texts[i].len, sizeof(copies[i]) - 1),
			texts[i].data);
	audit_differ(audit, flaw, person.partition, print_key(key, kept, person), copies[0], copies[1], copies[2]);
}

static char *
print_number(char out[24], uint64_t number)
{
	snprintf(out, 24, "%" PRIu64, number);
	return out;
}

/* The column of a sign-up: state, slot, people, granted, joined. */
static struct text
column_of(const redisReply *value, unsigned column)
{
	struct text rest = reply_string(value), text = text_cut(&rest, '\t');

	while (column-- > 0)
		text = text_cut(&rest, '\t');
	return text;
}

static uint64_t
minutes_of(const redisReply *value)
{
	uint64_t minutes;

	if (!text_equal(column_of(value, 0), TEXT("confirmed")) ||
		!text_to_u64(&minutes, column_of(value, 3), UINT32_MAX))
		return 0;
	return minutes;
}

/* Who is at the bound has forgotten sign-ups whose minutes stay. */
static void
check_minutes(struct audit *audit, struct id person, redisReply *const kept[KEPT])
{
	const redisReply *sign_ups = kept[KEPT_SIGN_UPS];
	uint64_t stands = number_of(kept[KEPT_MINUTES]), wanted = 0;
	char found[24], should[24];

	for (size_t i = 1; i < sign_ups->elements; i += 2)
		wanted += minutes_of(sign_ups->element[i]);
	if (stands == wanted || (stands > wanted && sign_ups->elements >= 2 * SIGN_UPS_MAX))
		return;
	differ(audit, FLAW_MINUTES, person, KEPT_MINUTES, TEXT("minutes"), text_of(print_number(found, stands)),
		text_of(print_number(should, wanted)));
}

/* A name and a value of an answer that has them in turns. */
struct pair {
	const redisReply *name, *value;
};

static int
by_name(const void *left, const void *right)
{
	const redisReply *a = ((const struct pair *)left)->name, *b = ((const struct pair *)right)->name;
	int order = memcmp(a->str, b->str, MIN(a->len, b->len));

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

/* The caller frees them. */
static struct pair *
pairs_of(const redisReply *reply)
{
	struct pair *pairs = or_die(calloc(reply->elements / 2 + 1, sizeof(*pairs)));

	for (size_t i = 0; i + 1 < reply->elements; i += 2)
		pairs[i / 2] = (struct pair){reply->element[i], reply->element[i + 1]};
	qsort(pairs, reply->elements / 2, sizeof(*pairs), by_name);
	return pairs;
}

/* Both name the same sign-ups. */
static void
check_recent(struct audit *audit, struct id person, redisReply *const kept[KEPT])
{
	size_t count = kept[KEPT_SIGN_UPS]->elements / 2, recent_count = kept[KEPT_RECENT]->elements / 2;
	struct pair *sign_ups = pairs_of(kept[KEPT_SIGN_UPS]), *recent = pairs_of(kept[KEPT_RECENT]);

	for (size_t i = 0, j = 0; i < count || j < recent_count;) {
		int order = i == count ? 1 : j == recent_count ? -1 : by_name(&sign_ups[i], &recent[j]);
		struct text joined = order <= 0 ? column_of(sign_ups[i].value, 4) : TEXT("");
		struct text score = order >= 0 ? reply_string(recent[j].value) : TEXT("");
		if (!text_equal(joined, score))
			differ(audit, FLAW_RECENT, person, KEPT_RECENT,
				reply_string(order <= 0 ? sign_ups[i].name : recent[j].name), score, joined);
		i += order <= 0;
		j += order >= 0;
	}
	free(sign_ups);
	free(recent);
}

static bool
are_lists(redisReply *const kept[KEPT])
{
	return kept[KEPT_SIGN_UPS] && kept[KEPT_SIGN_UPS]->type == REDIS_REPLY_ARRAY && kept[KEPT_RECENT] &&
	       kept[KEPT_RECENT]->type == REDIS_REPLY_ARRAY && kept[KEPT_MINUTES];
}

/* Notes what does not agree; nothing if it is not known. */
static void
check_kept(struct audit *audit, struct id person, redisReply *const kept[KEPT])
{
	char found[24], bound[24];

	if (!are_lists(kept)) {
		if (!direct_is_away(audit->redis))
			differ(audit, FLAW_TYPE, person, KEPT_SIGN_UPS, TEXT(""), TEXT(WANTED_GOOD), TEXT(WANTED_GOOD));
		return;
	}
	check_minutes(audit, person, kept);
	check_recent(audit, person, kept);
	if (kept[KEPT_SIGN_UPS]->elements > 2 * SIGN_UPS_MAX)
		differ(audit, FLAW_LIMIT, person, KEPT_SIGN_UPS, TEXT(""),
			text_of(print_number(found, kept[KEPT_SIGN_UPS]->elements / 2)),
			text_of(print_number(bound, SIGN_UPS_MAX)));
}

/* As of one moment. */
static void
judge_kept(struct audit *audit, struct id person)
{
	redisReply *reply;

	direct_begin(audit->redis);
	ask_kept(audit, person);
	reply = direct_together(audit->redis, KEPT);
	if (!reply)
		return;
	check_kept(audit, person, reply->element);
	freeReplyObject(reply);
}

/* His sign-ups are looked at with their lines; what is no name of one has none. */
static void
add_sign_ups(struct audit *audit, struct id person, const redisReply *sign_ups)
{
	for (size_t i = 0; i + 1 < sign_ups->elements; i += 2) {
		struct text field = reply_string(sign_ups->element[i]), number = field;
		struct id call;
		uint32_t line;
		if (id_parse(&call, text_cut(&number, ' ')) && text_to_u32(&line, number))
			audit_add_sign_up(audit, call, line, person);
		else
			differ(audit, FLAW_SIGN_UP, person, KEPT_SIGN_UPS, field, TEXT(WANTED_GOOD), TEXT(""));
	}
}

void
audit_kept_of(struct audit *audit, const struct id *persons, size_t count)
{
	redisReply *kept[AUDIT_BATCH][KEPT];

	for (size_t i = 0; i < count; i++)
		ask_kept(audit, persons[i]);
	for (size_t i = 0; i < count; i++)
		for (enum kept part = 0; part < KEPT; part++)
			kept[i][part] = direct_take(audit->redis);
	for (size_t i = 0; i < count; i++) {
		size_t count_before = audit->findings.count, more_before = audit->findings.more;
		check_kept(audit, persons[i], kept[i]);
		if (audit->findings.count != count_before || audit->findings.more != more_before) {
			audit->findings.count = count_before;
			audit->findings.more = more_before;
			judge_kept(audit, persons[i]);
		}
		if (are_lists(kept[i]))
			add_sign_ups(audit, persons[i], kept[i][KEPT_SIGN_UPS]);
		for (enum kept part = 0; part < KEPT; part++)
			freeReplyObject(kept[i][part]);
	}
}
