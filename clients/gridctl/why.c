/* why.c - why a line stands where it stands, in words, as far as its call and the chain show it.
 *
 * The chain keeps what is, not what was: it does not say when a line was promoted or struck, or that it was moved by
 * another limit. What follows from the numbers is said as what it is; what may be is said as that. Numbers that have a
 * place are always smaller than those that wait in the same slot, for lines are promoted from the front and moved back
 * from the end. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "call.h"
#include "text.h"

#define NUMBERS_SHOWN 8

/* What is around a line: the lines of its slot. */
struct around {
	uint32_t limit;
	uint32_t before;      /* people on all lines in front of it, struck ones too */
	uint32_t counted;     /* people that have a place */
	uint32_t last_placed; /* the last number that has a place */
	struct numbers {
		uint32_t first[NUMBERS_SHOWN];
		size_t count;
		uint32_t people;
	} struck_before, waiting_before;
};

struct asked {
	struct tool *tool;
	const Call *call;
	const struct chain *chain; /* the whole of it */
	const struct chain *told;  /* from which the line is; with the persons, as far as they are told */
	json_t *reasons;           /* with --json: what is said, as an array */
};

static void
numbers_add(struct numbers *numbers, const Line *line)
{
	if (numbers->count < NUMBERS_SHOWN)
		numbers->first[numbers->count] = line->number;
	numbers->count++;
	numbers->people += line_people(line);
}

/* "1, 4, 5 …" */
static const char *
numbers_print(char *out, size_t room, const struct numbers *numbers)
{
	size_t len = 0, shown = MIN(numbers->count, (size_t)NUMBERS_SHOWN);

	out[0] = '\0';
	for (size_t i = 0; i < shown && len < room; i++)
		len += (size_t)snprintf(out + len, room - len, "%s%u", i ? T(", ", "、") : "", numbers->first[i]);
	if (numbers->count > shown && len < room)
		snprintf(out + len, room - len, " …");
	return out;
}

static struct around
look_around(const struct asked *asked, const Line *line)
{
	const Call *call = asked->call;
	struct around around = {.limit = line->slot > 0 && line->slot <= call->n_slots
						 ? call->slots[line->slot - 1]->limit
						 : call->limit};

	for (size_t i = 0; i < asked->chain->count; i++) {
		const Line *other = asked->chain->lines[i];
		bool before = other->number < line->number;
		if (other->slot != line->slot)
			continue;
		around.before += before ? line_people(other) : 0;
		if (line_has_place(other)) {
			around.counted += line_people(other);
			around.last_placed = other->number;
		} else if (before && line_stands(other)) {
			numbers_add(&around.waiting_before, other);
		} else if (before) {
			numbers_add(&around.struck_before, other);
		}
	}
	return around;
}

/* One reason: a word for programs, a sentence for people. */
static void PRINTF_LIKE(3, 4) say(struct asked *asked, const char *reason, const char *format, ...)
{
	char words[512];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	if (asked->reasons)
		json_array_append_new(asked->reasons, json_pack("{s:s, s:s}", "reason", reason, "words", words));
	else
		printf("      %s\n", words);
}

static void
say_joined(struct asked *asked, const Line *line)
{
	char at[WHEN_TEXT], whom[PERSON_TEXT], by[PERSON_TEXT + 64] = "", people[64] = "";

	if (line->by[0])
		snprintf(by, sizeof(by), T(" by %s", "，由 %s 代报"), chain_person(asked->told, line->by, whom));
	if (line_people(line) > 1)
		snprintf(people, sizeof(people), T(", %u people", "，%u 人"), line->people);
	say(asked, "joined", T("signed up at %s%s%s", "%s 报名%s%s"), when_print_clock(at, line->joined_ms), by,
		people);
	if (line->present_ms && line->present_ms == line->joined_ms)
		say(asked, "walk_up", "%s", T("it stood at the door and was checked in at once", "现场报名，当场签到"));
}

/* It is told where a limit may have been another once; the chain does not show that. */
static void
say_edited(struct asked *asked)
{
	if (asked->call->version > 1)
		say(asked, "edited",
			T("the call was changed since it was posted (version %u): another limit moves lines too",
				"召集发出后有过修改（第 %u 版）：人数上限变动也会使接龙升降"),
			asked->call->version);
}

static void
say_promoted(struct asked *asked, const struct around *around)
{
	char numbers[128];

	say(asked, "promoted",
		T("more had signed up before it than the %u there are places for, and number %s withdrew: it moved up",
			"此前报名已超过上限 %u 人，因第 %s 号退出而递补"),
		around->limit, numbers_print(numbers, sizeof(numbers), &around->struck_before));
}

/* Why a line that counts does. */
static void
say_placed(struct asked *asked, const Line *line, const struct around *around)
{
	if (around->limit == 0) {
		say(asked, "no_limit", "%s", T("there is no limit: every line has a place", "不限人数，人人有名额"));
	} else if (around->before + line_people(line) <= around->limit) {
		say(asked, "had_room",
			T("there was room: at most %u of %u places were taken before it",
				"当时有名额：此前最多占用 %u 个，上限 %u 人"),
			around->before, around->limit);
	} else if (around->struck_before.count > 0) {
		say_promoted(asked, around);
	}
}

static void
say_offered(struct asked *asked, const Line *line)
{
	char until[WHEN_TEXT], minutes[WHEN_MINUTES];
	uint64_t now_ms = caller_now_ms(asked->tool->caller);

	say(asked, "offered",
		T("the place is offered to it: to be confirmed before %s (within %s), or else it goes to the next",
			"名额待确认：须在 %s 前（%s 内）确认，否则让给下一位"),
		when_print(until, line->until_ms, now_ms), when_print_minutes(minutes, asked->call->window_minutes));
}

static void
say_queue(struct asked *asked, const struct numbers *ahead)
{
	char numbers[128];

	numbers_print(numbers, sizeof(numbers), ahead);
	if (ahead->count == 0)
		say(asked, "first_in_line", "%s", T("it is the first in line", "排在候补第一位"));
	else if (ahead->count == ahead->people)
		say(asked, "ahead", T("%zu in line ahead of it: number %s", "前面还有 %zu 个候补：第 %s 号"),
			ahead->count, numbers);
	else
		say(asked, "ahead",
			T("%zu in line ahead of it, %u people: number %s", "前面还有 %zu 个候补，共 %u 人：第 %s 号"),
			ahead->count, ahead->people, numbers);
}

/* Why a line waits. */
static void
say_waiting(struct asked *asked, const Line *line, const struct around *around)
{
	bool open = asked->call->state == GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_OPEN;

	if (around->counted >= around->limit)
		say(asked, "limit_reached",
			T("the limit of %u is reached: number %u has the last place",
				"已满上限 %u 人：第 %u 号占了最后一个名额"),
			around->limit, around->last_placed);
	else if (around->waiting_before.count == 0)
		say(asked, "too_many",
			T("%u of %u places are left, and it comes with %u",
				"上限 %2$u 人，只剩 %1$u 个名额，而它有 %3$u 人"),
			around->limit - around->counted, around->limit, line_people(line));
	else
		say(asked, "behind_too_many",
			T("%u of %u places are left, too few for the first in line, who keeps his turn",
				"上限 %2$u 人，只剩 %1$u 个名额，不够排在第一位的人数，但他保有次序"),
			around->limit - around->counted, around->limit);
	say_queue(asked, &around->waiting_before);
	if (line->present_ms > line->joined_ms)
		say(asked, "demoted", "%s",
			T("it was checked in, so it had a place: a lower limit has moved it back into the line",
				"曾签到，说明原有名额：因人数上限调低被转为候补"));
	else
		say_edited(asked);
	if (!open)
		say(asked, "not_open", T("the call is %s: nobody moves up any more", "召集%s：不再递补"),
			call_state_words(asked->call->state));
}

/* The line with which the same person signed up for the same again; NULL if he did not. */
static const Line *
line_after(const struct asked *asked, const Line *line)
{
	for (size_t i = 0; line->person[0] && i < asked->told->count; i++) {
		const Line *other = asked->told->lines[i];
		if (other->number > line->number && other->slot == line->slot &&
			strcmp(other->person, line->person) == 0)
			return other;
	}
	return NULL;
}

static void
say_struck(struct asked *asked, const Line *line)
{
	const Line *again = line_after(asked, line);

	if (asked->call->window_minutes > 0)
		say(asked, "struck", "%s",
			T("it was withdrawn by whose it is, who signed up for him, or the author; or it did not "
			  "confirm a place "
			  "in time",
				"已由本人、代报人或发起人退出；或递补后未按时确认"));
	else
		say(asked, "struck", "%s",
			T("it was withdrawn by whose it is, who signed up for him, or the author",
				"已由本人、代报人或发起人退出"));
	if (again)
		say(asked, "again", T("signed up again: number %u, %s", "后来再次报名：第 %u 号，%s"), again->number,
			line_state_words(again->state));
}

static void
say_presence(struct asked *asked, const Line *line)
{
	char in[WHEN_TEXT], out[WHEN_TEXT], minutes[WHEN_MINUTES];

	if (line->present_ms)
		say(asked, "present", T("checked in at %s", "%s 签到"), when_print_clock(in, line->present_ms));
	if (line->left_ms)
		say(asked, "left", T("checked out at %s: %s granted", "%s 签退，认定 %s"),
			when_print_clock(out, line->left_ms), when_print_minutes(minutes, line->granted_minutes));
}

static void
say_reasons(struct asked *asked, const Line *line)
{
	struct around around = look_around(asked, line);

	say_joined(asked, line);
	switch (line->state) {
	case GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_CONFIRMED:
		say_placed(asked, line, &around);
		say_edited(asked);
		break;
	case GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_OFFERED:
		say_placed(asked, line, &around);
		say_offered(asked, line);
		say_edited(asked);
		break;
	case GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_WAITING:
		say_waiting(asked, line, &around);
		break;
	default:
		say_struck(asked, line);
	}
	say_presence(asked, line);
	if (asked->call->state == GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_CANCELLED)
		say(asked, "cancelled", T("the call was cancelled: %s", "召集已取消：%s"), asked->call->reason);
}

static void
explain(struct asked *asked, const Line *line)
{
	const char *slot = slot_label(asked->call, line->slot);

	if (asked->tool->json) {
		json_t *object = json_of(&line->base);
		asked->reasons = json_array();
		say_reasons(asked, line);
		json_object_set_new(object, "why", asked->reasons);
		print_json(object);
		return;
	}
	printf("%4u. %s%s%s: %s\n", line->number, line_name(line), slot[0] ? "  " : "", slot,
		line_state_words(line->state));
	say_reasons(asked, line);
}

/* Whether a line is the one asked about: by its number, or by its person. */
static bool
is_meant(const Line *line, const char *whom)
{
	uint64_t number;

	if (text_to_u64(&number, text_of(whom), UINT32_MAX))
		return line->number == number;
	return strcmp(line->person, whom) == 0;
}

/* The lines `from` a chain that are asked about; how many there are. */
static size_t
explain_all(struct asked *asked, const struct chain *from, const char *whom)
{
	size_t count = 0;

	asked->told = from;
	for (size_t i = 0; i < from->count; i++) {
		if (whom && !is_meant(from->lines[i], whom))
			continue;
		explain(asked, from->lines[i]);
		count++;
	}
	return count;
}

/* One's own lines are told in full, the others as their names may show: both are read. */
int
run_why(struct tool *tool)
{
	const char *whom = tool->args.word_count > 1 ? tool->args.words[1] : NULL;
	struct chain all = {0}, mine = {0};
	struct asked asked = {.tool = tool, .chain = &all};
	Answer *answer;
	int status;

	answer = call_read(tool, tool->args.words[0], &status);
	if (!answer)
		return status;
	asked.call = answer->call_show->call;
	status = chain_load(tool, asked.call->id, false, &all);
	if (status == EXIT_DONE)
		status = chain_load(tool, asked.call->id, true, &mine);
	if (status == EXIT_DONE && explain_all(&asked, &mine, whom) == 0 &&
		(!whom || explain_all(&asked, &all, whom) == 0)) {
		fprintf(stderr, T("gridctl: no such line in the chain\n", "gridctl: 接龙中没有这一条\n"));
		status = EXIT_REFUSED;
	}
	chain_finish(&all);
	chain_finish(&mine);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return status;
}
