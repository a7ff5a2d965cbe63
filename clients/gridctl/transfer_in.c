/* transfer_in.c - gridctl import: a file of gridctl export into the data, while it is used.
 *
 * The file is read once to check all of it, and then again to do something: to look what of it is there, or (--yes) to
 * write what is not, through the functions that keep every rule. What is there stays as it is, so twice adds nothing, and
 * an import that was cut off is gone on with. A person is whoever has his identity here. */
#include "transfer_in.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "clock.h"
#include "direct_call.h"
#include "keys.h"
#include "memory.h"
#include "packed.h"
#include "tool.h"
#include "transfer.h"

#define LINES_PAGE 100

struct person_here {
	uint64_t key;   /* of the file's id */
	struct id here; /* none: not here yet */
	UT_hash_handle hh;
};

struct sum {
	uint64_t added, there;
};

struct transfer_in {
	struct tool *tool;
	struct direct redis;
	bool writes;
	struct person_here *persons;
	struct sum places, members, calls, lines;
	uint64_t conflicts;
	/* The call whose lines are coming. */
	struct id call;
	bool coming;    /* its lines are written */
	uint32_t there; /* lines of it that are there already */
	struct command *page;
	unsigned page_lines;
	char trouble[DIRECT_TROUBLE];
};

static bool
fail(struct transfer_in *in, const char *trouble)
{
	if (in->trouble[0] == '\0')
		snprintf(in->trouble, sizeof(in->trouble), "%s", trouble);
	return false;
}

static void
conflict(struct transfer_in *in, const char *what, const char *here, const char *there)
{
	in->conflicts++;
	if (in->tool->json)
		print_json(json_pack("{s:s, s:s, s:s}", "conflict", what, "kept", here, "not_taken", there));
	else
		printf(T("%s: is %s here and stays so; the file has %s\n", "%s：此处为 %s，保持不变；文件中为 %s\n"),
			what, here, there);
}

/* Functions. */

static bool
do_call(struct transfer_in *in, struct command *command)
{
	char trouble[DIRECT_TROUBLE];
	redisReply *reply = direct_call_end(&in->redis, command, NULL, trouble);
	bool good = reply || fail(in, trouble);

	freeReplyObject(reply);
	return good;
}

/* A request of its own: nothing is to be recognised when it comes again, for what is there is looked at first. */
struct stamp {
	char once[UUID_TEXT];
	uint64_t made_ms;
};

static struct stamp
make_stamp(void)
{
	struct uuid uuid = uuid_make(clock_wall_ms());
	struct stamp stamp = {.made_ms = uuid_time_ms(&uuid)};

	uuid_print(stamp.once, &uuid);
	return stamp;
}

static void
stamp_keys(struct command *command, uint8_t partition, const char *person, const struct stamp *stamp)
{
	command_key(command, partition, KEY_META);
	command_key(command, partition, KEY_LOG);
	command_key(command, partition, KEY_ONCE, person, stamp->once);
}

static void
stamp_args(struct command *command, const char *person, const struct stamp *stamp)
{
	command_arg(command, text_of(person));
	command_arg_u64(command, stamp->made_ms);
	command_arg(command, TEXT("import"));
}

/* One field of a hash, as a text that the caller frees; NULL: it is not there, or Redis is away. */
static char *
read_field(struct transfer_in *in, uint8_t partition, const char *key, struct text field)
{
	struct command *command = command_create("HGET");
	redisReply *reply;
	char *text = NULL;

	command_key(command, partition, "%s", key);
	command_arg(command, field);
	reply = direct_ask(&in->redis, command);
	if (reply && reply->type == REDIS_REPLY_STRING)
		text = or_die(text_dup(reply_string(reply)));
	freeReplyObject(reply);
	return text;
}

static bool
is_here(struct transfer_in *in)
{
	return !direct_is_away(&in->redis) || fail(in, in->redis.trouble);
}

/* Places. */

static bool
write_place(struct transfer_in *in, struct place place, struct text name)
{
	uint8_t partition = place_partition(place);
	struct command *command = direct_call_begin("place_import", 4);
	struct stamp stamp = make_stamp();

	stamp_keys(command, partition, "import", &stamp);
	command_key(command, partition, KEY_PLACES);
	stamp_args(command, "import", &stamp);
	command_arg_place(command, place);
	command_arg_place(command, place);
	command_arg(command, name);
	return do_call(in, command);
}

static bool
on_place(struct place place, struct text name, void *context)
{
	struct transfer_in *in = context;
	char code[PLACE_TEXT], wanted[256];
	char *here = read_field(in, place_partition(place), KEY_PLACES, text_of(place_print(code, place)));

	if (!is_here(in))
		return false;
	if (!here) {
		in->places.added++;
		return !in->writes || write_place(in, place, name);
	}
	in->places.there++;
	snprintf(wanted, sizeof(wanted), "%.*s", (int)MIN(name.len, sizeof(wanted) - 1), name.data);
	if (!text_equal(text_of(here), name))
		conflict(in, code, here, wanted);
	free(here);
	return true;
}

/* Persons. */

static struct id
person_of(struct transfer_in *in, struct id person)
{
	uint64_t key = id_key(person);
	struct person_here *known;

	HASH_FIND(hh, in->persons, &key, sizeof(key), known);
	return known ? known->here : (struct id){0};
}

static void
note_person(struct transfer_in *in, struct id person, struct id here)
{
	struct person_here *known = or_die(calloc(1, sizeof(*known)));

	known->key = id_key(person);
	known->here = here;
	HASH_ADD(hh, in->persons, key, sizeof(known->key), known);
}

static bool
claim(struct transfer_in *in, const struct person_in *person, struct id *here)
{
	char trouble[DIRECT_TROUBLE];

	return direct_call_claim(&in->redis, person->identity, here, trouble) || fail(in, trouble);
}

static bool
register_member(struct transfer_in *in, const struct person_in *person, struct id here)
{
	struct command *command = direct_call_begin("member_register", 5);
	struct stamp stamp = make_stamp();
	char id[ID_TEXT];

	id_print(id, here);
	stamp_keys(command, here.partition, id, &stamp);
	command_key(command, here.partition, KEY_PERSON, id);
	command_key(command, here.partition, KEY_PERSONS);
	stamp_args(command, id, &stamp);
	command_arg_place(command, person->place);
	command_arg(command, person->name);
	command_arg(command, person->organisation);
	command_arg(command, text_of(member_kind_name(person->kind)));
	command_arg_place(command, person->work);
	command_arg(command, TEXT(""));
	return do_call(in, command);
}

/* Where he is registered here stands against where the file has him. */
static bool
look_at_member(struct transfer_in *in, const struct person_in *person, struct id here)
{
	char key[64], id[ID_TEXT] = "", code[PLACE_TEXT], *place = NULL;

	if (!id_is_none(here)) {
		snprintf(key, sizeof(key), KEY_PERSON, id_print(id, here));
		place = read_field(in, here.partition, key, TEXT("place"));
	}
	if (!is_here(in))
		return false;
	if (!place) {
		in->members.added++;
		return !in->writes || register_member(in, person, here);
	}
	in->members.there++;
	if (strcmp(place, place_print(code, person->place)) != 0)
		conflict(in, id, place, code);
	free(place);
	return true;
}

static bool
on_person(const struct person_in *person, void *context)
{
	struct transfer_in *in = context;
	char *known = read_field(in, identity_partition(person->identity), KEY_IDENTITIES, person->identity);
	struct id here = {0};
	bool good = is_here(in) && (!known || id_parse(&here, text_of(known)) || fail(in, "identities"));

	free(known);
	if (good && in->writes && id_is_none(here))
		good = claim(in, person, &here);
	if (!good)
		return false;
	note_person(in, person->person, here);
	return person->place.digits == 0 || look_at_member(in, person, here);
}

/* Calls. */

/* Whether it stands in this very system, where it was posted. */
static bool
is_from_here(struct transfer_in *in, const struct call_in *call)
{
	char key[64], id[ID_TEXT], posted[24], code[PLACE_TEXT], *at, *place;
	bool same;

	snprintf(key, sizeof(key), KEY_CALL, id_print(id, call->id));
	snprintf(posted, sizeof(posted), "%" PRIu64, call->posted_ms);
	at = read_field(in, call->id.partition, key, TEXT("posted"));
	place = read_field(in, call->id.partition, key, TEXT("place"));
	same = at && place && strcmp(at, posted) == 0 && strcmp(place, place_print(code, call->post->place)) == 0;
	free(at);
	free(place);
	return same;
}

/* How many lines of it are there, and whether others may come. */
static bool
look_at_call(struct transfer_in *in, const char *id)
{
	char key[64], *importing, *lines;
	bool good = id_parse(&in->call, text_of(id)) || fail(in, "imported");

	snprintf(key, sizeof(key), KEY_CALL, id);
	importing = read_field(in, in->call.partition, key, TEXT("importing"));
	lines = read_field(in, in->call.partition, key, TEXT("lines"));
	in->coming = importing;
	in->there = lines ? (uint32_t)strtoul(lines, NULL, 10) : 0;
	free(importing);
	free(lines);
	return good && is_here(in);
}

static void
add_draft(struct command *command, const struct call_post *post)
{
	const struct text texts[] = {post->title, post->body, post->meeting, post->bring};
	const uint64_t numbers[] = {post->need, post->limit, post->deadline_ms, post->starts_ms, post->ends_ms,
		post->names, post->window_minutes, post->grant_minutes};
	const struct slot_draft *slots = post->slots.items;
	struct buf questions = {0};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		command_arg(command, texts[i]);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		command_arg_u64(command, numbers[i]);
	pack_questions(&questions, &post->questions);
	command_arg(command, buf_text(&questions));
	buf_finish(&questions);
	command_arg_u64(command, post->slots.count);
	for (size_t i = 0; i < post->slots.count; i++) {
		command_arg(command, slots[i].label);
		command_arg_u64(command, slots[i].starts_ms);
		command_arg_u64(command, slots[i].ends_ms);
		command_arg_u64(command, slots[i].need);
		command_arg_u64(command, slots[i].limit);
	}
}

static bool
begin_new_call(struct transfer_in *in, const struct call_in *call)
{
	static const char *const states[] = {
		[CALL_OPEN] = "open", [CALL_CLOSED] = "closed", [CALL_CANCELLED] = "cancelled"};
	struct id here = {place_partition(call->post->place), 0};
	struct command *command;
	char id[ID_TEXT], trouble[DIRECT_TROUBLE];

	here.number = direct_call_number(&in->redis, here.partition, trouble);
	if (here.number == 0)
		return fail(in, trouble);
	command = direct_call_begin("import_call", 5);
	command_key(command, here.partition, KEY_META);
	command_key(command, here.partition, KEY_LOG);
	command_key(command, here.partition, KEY_IMPORTED);
	command_key(command, here.partition, KEY_CALL, id_print(id, here));
	command_key(command, here.partition, KEY_CALLS);
	command_arg(command, call->origin);
	command_arg_id(command, here);
	command_arg_place(command, call->post->place);
	command_arg_id(command, person_of(in, call->author));
	command_arg(command, text_of(states[call->state]));
	command_arg_u64(command, call->posted_ms);
	command_arg(command, call->reason);
	command_arg(command, call->thanks);
	add_draft(command, call->post);
	in->call = here;
	in->coming = true;
	return do_call(in, command);
}

static bool
on_call(const struct call_in *call, void *context)
{
	struct transfer_in *in = context;
	char *here = read_field(in, place_partition(call->post->place), KEY_IMPORTED, call->origin);
	bool good = true;

	in->coming = false;
	in->there = 0;
	if (here) {
		good = look_at_call(in, here);
	} else if (is_from_here(in, call)) {
		in->there = UINT32_MAX;
	} else {
		in->calls.added++;
		good = !in->writes || begin_new_call(in, call);
	}
	in->calls.there += here || in->there == UINT32_MAX;
	free(here);
	return good && is_here(in);
}

/* Lines. */

/* In the order of keys that read_chain() in lines.lua has. */
static struct command *
begin_page(struct transfer_in *in, uint32_t first)
{
	struct command *command = direct_call_begin("import_lines", 10);
	uint8_t partition = in->call.partition;
	char id[ID_TEXT];

	id_print(id, in->call);
	command_key(command, partition, KEY_META);
	command_key(command, partition, KEY_LOG);
	command_key(command, partition, KEY_CALL, id);
	command_key(command, partition, KEY_CALL_LINES, id);
	command_key(command, partition, KEY_CALL_LIVE, id);
	command_key(command, partition, KEY_CALL_WAITING, id);
	command_key(command, partition, KEY_CALL_CONFIRMED, id);
	command_key(command, partition, KEY_CALL_TALLY, id);
	command_key(command, partition, KEY_CALL_TEXTS, id);
	command_key(command, partition, KEY_CALL_OFFERED, id);
	command_arg_id(command, in->call);
	command_arg_u64(command, first);
	return command;
}

/* The columns of LINE in lines.lua; what is empty stays so. */
static void
add_line(struct transfer_in *in, const struct line_change *line)
{
	char person[ID_TEXT] = "", by[ID_TEXT] = "", place[PLACE_TEXT];
	const uint64_t numbers[] = {line->present_ms, line->left_ms, line->granted_minutes};
	struct buf columns = {0};

	if (!id_is_none(line->person))
		id_print(person, person_of(in, line->person));
	if (!id_is_none(line->by))
		id_print(by, person_of(in, line->by));
	buf_printf(&columns, "%s\t%s\t%s\t%" PRIu64 "\t", line_state_name(line->state), person,
		place_print(place, line->place), line->joined_ms);
	if (line->slot > 0)
		buf_printf(&columns, "%u", line->slot);
	buf_printf(&columns, "\t");
	if (line->people > 1)
		buf_printf(&columns, "%u", line->people);
	buf_printf(&columns, "\t%s", by);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		buf_printf(&columns, "\t");
		if (numbers[i] > 0)
			buf_printf(&columns, "%" PRIu64, numbers[i]);
	}
	command_arg(in->page, buf_text(&columns));
	command_arg(in->page, line->texts);
	buf_finish(&columns);
}

static bool
send_page(struct transfer_in *in)
{
	struct command *page = in->page;

	in->page = NULL;
	in->page_lines = 0;
	return !page || do_call(in, page);
}

static bool
on_line(const struct line_change *line, void *context)
{
	struct transfer_in *in = context;

	if (line->number <= in->there) {
		in->lines.there++;
		return true;
	}
	in->lines.added++;
	if (!in->writes || !in->coming)
		return true;
	if (!in->page)
		in->page = begin_page(in, line->number);
	add_line(in, line);
	return ++in->page_lines < LINES_PAGE || send_page(in);
}

static bool
on_call_end(uint32_t lines, void *context)
{
	struct transfer_in *in = context;
	struct command *command;
	char id[ID_TEXT];

	if (!in->writes || !in->coming)
		return true;
	if (!send_page(in))
		return false;
	command = direct_call_begin("import_end", 5);
	command_key(command, in->call.partition, KEY_META);
	command_key(command, in->call.partition, KEY_LOG);
	command_key(command, in->call.partition, KEY_CALL, id_print(id, in->call));
	command_key(command, in->call.partition, KEY_OPEN);
	command_key(command, in->call.partition, KEY_DUE);
	command_arg_id(command, in->call);
	command_arg_u64(command, lines);
	return do_call(in, command);
}

/* The whole. */

static void
print_sum(const char *english, const char *chinese, const struct sum *sum)
{
	printf(T("%s: %llu new, %llu there\n", "%s：新增 %llu，已有 %llu\n"), T(english, chinese),
		(unsigned long long)sum->added, (unsigned long long)sum->there);
}

static json_t *
json_of_sum(const struct sum *sum)
{
	return json_pack("{s:I, s:I}", "new", (json_int_t)sum->added, "there", (json_int_t)sum->there);
}

static int
tell(const struct transfer_in *in)
{
	if (in->tool->json) {
		print_json(json_pack("{s:b, s:o, s:o, s:o, s:o, s:I}", "written", in->writes, "places",
			json_of_sum(&in->places), "members", json_of_sum(&in->members), "calls",
			json_of_sum(&in->calls), "lines", json_of_sum(&in->lines), "conflicts",
			(json_int_t)in->conflicts));
		return EXIT_DONE;
	}
	print_sum("places", "地点", &in->places);
	print_sum("members", "成员", &in->members);
	print_sum("calls", "召集", &in->calls);
	print_sum("lines", "接龙", &in->lines);
	puts(in->writes ? T("imported", "已导入")
			: T("nothing was written: this is what --yes would do",
				  "未写入任何数据：加 --yes 才会写入以上内容"));
	return EXIT_DONE;
}

/* The data is there, and laid out as this gridctl knows it. */
static bool
check_layout(struct transfer_in *in)
{
	char *layout = read_field(in, 0, KEY_META, TEXT("layout"));
	bool good = layout && strcmp(layout, DATA_LAYOUT) == 0;

	free(layout);
	return good || !is_here(in) ||
	       fail(in, T("there is no data of this version of Grid Vanguard there", "那里没有此版本网格先锋队的数据"));
}

static int
import_file(struct transfer_in *in, const char *path)
{
	static const struct transfer_sink sink = {on_place, on_person, on_call, on_line, on_call_end};

	if (transfer_read(path, NULL, NULL) != TRANSFER_WHOLE)
		return EXIT_REFUSED;
	if (!direct_open(&in->redis, in->tool->timeout_ms))
		fail(in, in->redis.trouble);
	else if (check_layout(in) && in->trouble[0] == '\0' && transfer_read(path, &sink, in) == TRANSFER_WHOLE)
		return tell(in);
	fprintf(stderr, T("gridctl: not all was imported: %s\n", "gridctl: 未能全部导入：%s\n"), in->trouble);
	return direct_is_away(&in->redis) ? EXIT_AWAY : EXIT_REFUSED;
}

int
run_import(struct tool *tool)
{
	struct transfer_in in = {.tool = tool, .writes = args_get(&tool->args, "yes")};
	struct person_here *known, *next;
	int status;

	if (!direct_find(&in.redis, tool))
		return EXIT_USAGE;
	status = import_file(&in, tool->args.words[0]);
	direct_close(&in.redis);
	if (in.writes && status == EXIT_DONE)
		direct_note(tool, "import", "");
	HASH_ITER (hh, in.persons, known, next) {
		HASH_DEL(in.persons, known);
		free(known);
	}
	if (in.page)
		command_destroy(in.page);
	return status;
}
