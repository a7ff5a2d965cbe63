#include "chain_plan.h"

#include "call_code.h"
#include "chain_clean.h"
#include "name.h"

/* The proto's NamesShown, where names are not told in full. */
enum { NAMES_FAMILY = 2, NAMES_NONE = 3 };

/* A line of the call, as names find it. */
struct known_line {
	const struct line_change *is;
	struct text key;    /* of the name given for somebody without an account; empty: a person's */
	struct text masked; /* as the call prints the name; empty if in full */
};

struct planning {
	const struct view *view;
	const struct call *call;
	struct arena *arena;
	struct chain_roster roster;
	uint32_t slot;
	struct known_line *lines; /* those of the slot */
	size_t line_count;
	struct chain_plan *plan;
};

/* Which chains of the paste are the call's. */

static bool
same_key(struct text a, struct text b)
{
	while (a.len > 0 || b.len > 0) {
		uint32_t one = 0, other = 0;
		while (a.len > 0 && (one = char_key(char_take(&a))) == 0)
			;
		while (b.len > 0 && (other = char_key(char_take(&b))) == 0)
			;
		if (one != other)
			return false;
	}
	return true;
}

/* The call whose code it has; none without a good one. */
static struct id
call_of(const struct chain_text *chain)
{
	struct id call = {0};

	return call_code_parse(&call, chain->call_code) ? call : (struct id){0};
}

struct id
chain_plan_call(const struct chain_paste *paste)
{
	for (size_t i = 0; i < paste->chain_count; i++) {
		struct id call = call_of(&paste->chains[i]);
		if (!id_is_none(call))
			return call;
	}
	return (struct id){0};
}

/* Whether a chain is the call's, or, without any code, of that title; one without a title is what is left of another. */
static bool
is_copy(const struct chain_text *chain, const struct call *call, struct text title)
{
	struct id coded = call_of(chain);

	if (chain->history)
		return false;
	if (!id_is_none(coded))
		return id_equal(coded, call->record.id);
	return chain->title.len == 0 || same_key(chain->title, title);
}

/* The title by which chains without a code are known: the call's, if any chain has that or its code; else that of the
 * first of them, for its author says that it is this call. */
static struct text
title_of(const struct chain_paste *paste, const struct call *call)
{
	struct text first = {"", 0};

	for (size_t i = 0; i < paste->chain_count; i++) {
		const struct chain_text *chain = &paste->chains[i];
		if (is_copy(chain, call, call->record.title) && chain->title.len > 0)
			return call->record.title;
		if (!chain->history && first.len == 0 && id_is_none(call_of(chain)))
			first = chain->title;
	}
	return first;
}

/* Fills in the title that is shown: one that is not the call's comes first. Of several copies one without any is what is
 * left of another; it is not the call's either if none has one. */
static void
choose_title(struct planning *p, const struct chain_text *const *copies, size_t count)
{
	struct text ours = p->call->record.title;
	bool titled = false;

	p->plan->title = count > 0 ? copies[0]->title : TEXT("");
	for (size_t i = 0; i < count && !p->plan->other_title; i++) {
		if (copies[i]->title.len == 0)
			continue;
		titled = true;
		p->plan->other_title = !same_key(copies[i]->title, ours);
		if (p->plan->other_title)
			p->plan->title = copies[i]->title;
	}
	p->plan->other_title = p->plan->other_title || !titled;
}

/* Fills in what the plan says of the paste. Returns how many copies there are, or one more than CHAIN_MERGE_COPIES: none
 * of them may be left out, for the latest say most. */
static size_t
choose_copies(const struct chain_text *copies[CHAIN_MERGE_COPIES], struct planning *p, const struct chain_paste *paste)
{
	struct text title = title_of(paste, p->call);
	size_t count = 0;

	for (size_t i = 0; i < paste->chain_count; i++) {
		if (!is_copy(&paste->chains[i], p->call, title))
			continue;
		if (count == CHAIN_MERGE_COPIES)
			return count + 1;
		copies[count++] = &paste->chains[i];
	}
	p->plan->copies = count;
	p->plan->skipped = paste->chain_count - count;
	choose_title(p, copies, count);
	return count;
}

/* Whose line it is. */

static void
identify(const struct planning *p, const struct chain_entry *entry, struct plan_entry *out)
{
	bool nameless = entry->name.len == 0, proxy = entry->flags & ENTRY_PROXY;

	out->name = proxy && nameless ? entry->proxy_for : entry->name;
	if (proxy && nameless)
		out->match = chain_text_match_name(&p->roster, entry->proxy_for);
	else
		out->match = chain_text_match(&p->roster, entry);
	if (out->match.kind == MATCH_SURE || out->match.kind == MATCH_LIKELY) {
		out->person = out->match.candidates[0]->person;
		out->name = out->match.candidates[0]->name;
	}
	if ((proxy && !nameless) || (entry->flags & ENTRY_MAYBE_PROXY && out->match.kind == MATCH_UNKNOWN))
		out->reason = REASON_PROXY;
}

/* So that two wordings of one person's entry are merged. */
static void
set_persons(const struct planning *p, const struct chain_text *copy)
{
	for (size_t i = 0; i < copy->entry_count; i++) {
		struct plan_entry who = {0};
		identify(p, &copy->entries[i], &who);
		copy->entries[i].person = who.reason == REASON_NONE ? who.person : (struct id){0};
	}
}

/* The lines there are. */

static bool
same_person(const struct plan_entry *a, const struct plan_entry *b)
{
	if (!id_is_none(a->person) || !id_is_none(b->person))
		return id_equal(a->person, b->person);
	return a->key.len > 0 && text_equal(a->key, b->key);
}

static bool
is_of(const struct known_line *line, const struct plan_entry *entry)
{
	if (!id_is_none(line->is->person))
		return id_equal(line->is->person, entry->person);
	return line->key.len > 0 && text_equal(line->key, entry->key);
}

/* The live line of an entry's person with so many of his before it, or else his last struck one; NULL: he has none. */
static const struct line_change *
find_line(const struct planning *p, const struct plan_entry *entry, size_t before)
{
	const struct line_change *struck = NULL;

	for (size_t i = 0; i < p->line_count; i++) {
		if (!is_of(&p->lines[i], entry))
			continue;
		if (!line_is_live(p->lines[i].is->state))
			struck = p->lines[i].is;
		else if (before-- == 0)
			return p->lines[i].is;
	}
	return struck;
}

static bool
has_live_line(const struct planning *p, struct id person)
{
	struct plan_entry entry = {.person = person};
	const struct line_change *line = find_line(p, &entry, 0);

	return line && line_is_live(line->state);
}

/* The live line that the call prints as this masked name with so many people, with so many of that kind before it. */
static const struct line_change *
find_masked(const struct planning *p, const struct plan_entry *entry, size_t before)
{
	for (size_t i = 0; i < p->line_count; i++) {
		const struct known_line *line = &p->lines[i];
		if (line_is_live(line->is->state) && line->masked.len > 0 && text_equal(line->masked, entry->name) &&
			MAX(line->is->people, 1U) == entry->merged->entry->people && before-- == 0)
			return line->is;
	}
	return NULL;
}

/* What is done with an entry. */

static void
settle(struct plan_entry *entry, enum plan_action action, enum plan_reason reason, uint32_t number)
{
	entry->action = action;
	entry->reason = reason;
	entry->number = number;
}

/* How many other entries are the same person's and say that he comes: above it, and in all. */
static void
count_namesakes(const struct planning *p, const struct plan_entry *entry, size_t *above, size_t *all)
{
	*above = *all = 0;
	for (size_t i = 0; i < p->plan->count; i++) {
		const struct plan_entry *other = &p->plan->entries[i];
		if (other == entry || other->reason == REASON_SLOT || other->merged->cancelled ||
			!same_person(other, entry))
			continue;
		*all += 1;
		*above += other < entry;
	}
}

/* Several members may be meant. If all of them have lines, so has he. */
static void
plan_ambiguous(const struct planning *p, struct plan_entry *entry)
{
	bool all = !entry->match.more && !entry->merged->cancelled;

	for (size_t i = 0; i < entry->match.count; i++)
		all = all && has_live_line(p, entry->match.candidates[i]->person);
	settle(entry, all ? PLAN_PRESENT : PLAN_DOUBTFUL, all ? REASON_NONE : REASON_AMBIGUOUS, 0);
}

static void
plan_cancelled(const struct planning *p, struct plan_entry *entry)
{
	size_t above, all;
	const struct line_change *line = find_line(p, entry, 0);

	count_namesakes(p, entry, &above, &all);
	if (line && line_is_live(line->state) && all == 0)
		return settle(entry, PLAN_WITHDRAW, REASON_NONE, line->number);
	settle(entry, PLAN_LEFT_OUT, REASON_CANCELLED, 0);
}

/* He has this line. A text that does not say how many come says nothing about that. */
static void
plan_present(struct plan_entry *entry, const struct line_change *line)
{
	const struct chain_entry *written = entry->merged->entry;

	if (!(written->flags & ENTRY_COUNTED) || written->people == line->people)
		return settle(entry, PLAN_PRESENT, REASON_NONE, line->number);
	settle(entry, PLAN_DOUBTFUL, REASON_COUNT, line->number);
	entry->line_people = line->people;
}

/* A name with stars is nobody's; but what the call itself has printed is there. */
static void
plan_masked(const struct planning *p, struct plan_entry *entry)
{
	const struct line_change *line;
	size_t above = 0;

	for (const struct plan_entry *other = p->plan->entries; other < entry; other++)
		above += other->reason != REASON_SLOT && !other->merged->cancelled &&
			 text_equal(other->name, entry->name) &&
			 other->merged->entry->people == entry->merged->entry->people;
	line = entry->merged->cancelled ? NULL : find_masked(p, entry, above);
	settle(entry, line ? PLAN_PRESENT : PLAN_LEFT_OUT, line ? REASON_NONE : REASON_MASKED, line ? line->number : 0);
}

/* He is one person, by his account or by his name. */
static void
plan_person(const struct planning *p, struct plan_entry *entry)
{
	const struct chain_entry *written = entry->merged->entry;
	const struct line_change *line;
	size_t above, all;

	count_namesakes(p, entry, &above, &all);
	line = find_line(p, entry, above);
	if (line && line_is_live(line->state))
		return plan_present(entry, line);
	if (all > 0)
		return settle(entry, PLAN_DOUBTFUL, REASON_NAMESAKE, 0);
	if (line)
		return settle(entry, PLAN_DOUBTFUL, REASON_WITHDREW, line->number);
	if (written->people > CHAIN_PLAN_PEOPLE)
		return settle(entry, PLAN_DOUBTFUL, REASON_PEOPLE, 0);
	settle(entry, PLAN_ADD, REASON_NONE, 0);
}

static void
plan_entry(const struct planning *p, struct plan_entry *entry)
{
	if (entry->reason == REASON_SLOT)
		return settle(entry, PLAN_LEFT_OUT, REASON_SLOT, 0);
	if (entry->merged->entry->flags & ENTRY_RESERVED)
		return settle(entry, PLAN_LEFT_OUT, REASON_RESERVED, 0);
	if (entry->reason == REASON_PROXY)
		return settle(entry, PLAN_DOUBTFUL, REASON_PROXY, 0);
	if (entry->merged->entry->flags &
		ENTRY_SEVERAL) /* also where one of them has a line: the other would be lost */
		return settle(entry, PLAN_DOUBTFUL, REASON_SEVERAL, 0);
	if (entry->match.kind == MATCH_AMBIGUOUS)
		return plan_ambiguous(p, entry);
	if (entry->match.kind == MATCH_DOUBTFUL)
		return settle(entry, PLAN_DOUBTFUL, REASON_LOOKALIKE, 0);
	if (id_is_none(entry->person) && memchr(entry->name.data, '*', entry->name.len))
		return plan_masked(p, entry);
	if (entry->merged->cancelled)
		return plan_cancelled(p, entry);
	if (entry->key.len == 0)
		return settle(entry, PLAN_DOUBTFUL, REASON_NAMELESS, 0);
	plan_person(p, entry);
}

/* The plan. */

/* Where people are looked for: where the call is, or in the grid of its building. */
static const struct place_node *
neighbourhood(const struct call *call)
{
	return place_level(call->at->place) == BUILDING ? call->at->parent : call->at;
}

/* The members there, and whoever else has a line. */
static size_t
people_around(const struct call *call)
{
	return neighbourhood(call)->tally.members + (size_t)call->line_count;
}

static bool
make_roster(struct planning *p, const char **field)
{
	struct place around = neighbourhood(p->call)->place;
	size_t room = people_around(p->call), count;
	struct person **persons = arena_alloc(p->arena, (room + 1) * sizeof(struct person *));
	struct chain_candidate *candidates = arena_alloc(p->arena, (room + 1) * sizeof(*candidates));

	*field = "text.arena";
	if (!persons || !candidates)
		return false;
	count = view_list_members(p->view, around, (struct id){0}, persons, room);
	for (uint32_t i = 0; i < p->call->line_count && count < room; i++) {
		struct person *person = view_person(p->view, p->call->lines[i].is.person);
		if (person && !place_covers(around, person->at->place))
			persons[count++] = person;
	}
	for (size_t i = 0; i < count; i++)
		candidates[i] =
			(struct chain_candidate){text_of(persons[i]->name), persons[i]->id, persons[i]->at->place};
	return chain_roster_init(&p->roster, candidates, count, p->arena);
}

static bool
know_masked(struct planning *p, struct known_line *line)
{
	const struct person *person = view_person(p->view, line->is->person);
	struct text given = line_given_name(line->is);
	char *room;

	if (p->call->record.names == NAMES_NONE)
		line->masked = TEXT("***");
	if (p->call->record.names != NAMES_FAMILY)
		return true;
	room = arena_alloc(p->arena, NAME_MASKED);
	if (room)
		line->masked = text_of(name_mask(room, given.len > 0 || !person ? given : text_of(person->name)));
	return room;
}

static bool
know_lines(struct planning *p)
{
	p->lines = arena_alloc(p->arena, (p->call->line_count + 1) * sizeof(*p->lines));
	if (!p->lines)
		return false;
	for (uint32_t i = 0; i < p->call->line_count; i++) {
		const struct line_change *is = &p->call->lines[i].is;
		struct known_line *line = &p->lines[p->line_count];
		if (is->slot != p->slot)
			continue;
		*line = (struct known_line){.is = is, .key = NO_TEXT};
		if (!know_masked(p, line))
			return false;
		if (id_is_none(is->person) && !text_key(&line->key, line_given_name(is), p->arena))
			return false;
		p->line_count++;
	}
	return true;
}

/* What the entry says besides the name; all of its first line where the name was found among other words. */
static struct text
remark_of(const struct plan_entry *entry)
{
	const struct chain_entry *written = entry->merged->entry;
	struct text rest = written->text, remark = written->remark;

	if (entry->match.kind == MATCH_LIKELY && !same_key(written->name, entry->name))
		remark = text_cut(&rest, '\n');
	return text_trim(text_first_chars(remark, CHAIN_PLAN_REMARK));
}

/* Whether an entry stands for another slot, whose label is its remark, as the call prints it. */
static bool
is_of_another_slot(const struct planning *p, const struct plan_entry *entry)
{
	const struct call_record *record = &p->call->record;
	struct text remark = entry->merged->entry->remark;
	bool another = false;

	for (uint32_t i = 0; i < record->slot_count && remark.len > 0; i++) {
		if (!same_key(remark, record->slots[i].label))
			continue;
		if (i + 1 == p->slot)
			return false;
		another = true;
	}
	return another;
}

static bool
make_entries(struct planning *p, const struct chain_merged *merged)
{
	struct plan_entry *entries = arena_alloc(p->arena, (merged->count + 1) * sizeof(*entries));

	p->plan->entries = entries;
	p->plan->count = merged->count;
	p->plan->vanishing = merged->vanishing;
	for (size_t i = 0; entries && i < merged->count; i++) {
		entries[i] = (struct plan_entry){.merged = &merged->entries[i], .key = NO_TEXT};
		identify(p, merged->entries[i].entry, &entries[i]);
		entries[i].remark = remark_of(&entries[i]);
		if (!text_key(&entries[i].key, entries[i].name, p->arena))
			return false;
		if (is_of_another_slot(p, &entries[i]))
			entries[i].reason = REASON_SLOT;
	}
	for (size_t i = 0; entries && i < merged->count; i++)
		plan_entry(p, &entries[i]);
	return entries;
}

size_t
chain_plan_size(const struct call *call)
{
	size_t people = MIN(people_around(call), (size_t)CHAIN_ROSTER_MAX);

	return CHAIN_MERGE_ARENA + CHAIN_TEXT_LINES * (size_t)512 + people * 2048 +
	       call->line_count * (size_t)(NAME_MASKED + 64);
}

enum status
chain_plan_make(struct chain_plan *out, const struct view *view, const struct call *call, uint32_t slot,
	const struct chain_paste *paste, struct arena *arena, const char **field)
{
	struct chain_plan plan = {.call = call->record.id, .call_title = call->record.title};
	struct planning p = {.view = view, .call = call, .slot = slot, .arena = arena, .plan = &plan};
	const struct chain_text *copies[CHAIN_MERGE_COPIES];
	struct chain_merged merged;
	enum status status;
	size_t count;

	*field = "call";
	if (call->line_count > CHAIN_PLAN_LINES || people_around(call) > CHAIN_ROSTER_MAX)
		return FULL;
	*field = "text.call";
	count = choose_copies(copies, &p, paste);
	if (count == 0)
		return BAD_REQUEST;
	*field = "text.copies";
	if (count > CHAIN_MERGE_COPIES)
		return BAD_REQUEST;
	if (!make_roster(&p, field) || !know_lines(&p))
		return UNAVAILABLE;
	for (size_t i = 0; i < count; i++)
		set_persons(&p, copies[i]);
	status = chain_text_merge(&merged, copies, count, arena, field);
	if (status != OK)
		return status;
	*field = "text.arena";
	if (!make_entries(&p, &merged))
		return UNAVAILABLE;
	*out = plan;
	return OK;
}
