/* answers_private.h - what the parts of answers.h share, each the room of a noun: answers_login.c, answers_call.c, … */
#ifndef GV_ANSWERS_PRIVATE_H
#define GV_ANSWERS_PRIVATE_H

#include <stdlib.h>

#include "answers.h"
#include "gridvanguard/v1/frame.pb-c.h"

/* Fields of Frame. */
enum { FRAME_EVENTS = 2, FRAME_ANSWERS = 3, FRAME_TALLIES = 4, FRAME_PULSE = 5 };

/* The message as that field of a Frame. */
struct piece *piece_of(unsigned field, const ProtobufCMessage *message);

/* An answer that carries a result, which is a pointer to the message of that case. */
struct piece *answer_with(
	uint64_t id, enum status status, Gridvanguard__V1__Answer__ResultCase which, const void *result);

/* `count` zeroed structs of `size` with the pointers to them that a repeated field wants. NULL when memory is out;
 * free() gives all of it back. */
void *make_items(size_t count, size_t size, void *pointers);

/* How many of the messages, which a page lists one after the other, fit it; at least one, if there are any. */
size_t fit_page(void *const *messages, size_t count);

/* What these persons hold, one message a grant; where they stay logged in, one a device, `own` the one that asks. NULL when
 * memory is out; free() gives all of it back. */
struct grant_out;
struct grant_out *make_grants(
	const struct grantee *const *grantees, size_t count, size_t *n_grants, Gridvanguard__V1__Grant ***list);
struct device_out;
struct device_out *make_devices(
	const struct device *devices, size_t count, uint32_t own, Gridvanguard__V1__Device ***list);

/* Cuts a column off a text that may be written to. */
char *cut_column(char **rest, char separator);

/* The text to be cut, for free(); NULL where it is empty. False when memory is out. */
bool copy_to_cut(char **out, struct text text);

/* A call as a message, and what that points at. */
struct call_out {
	Gridvanguard__V1__Call message;
	char id[ID_TEXT];
	char place[PLACE_TEXT];
	char author[ID_TEXT];
	Gridvanguard__V1__Slot slots[SLOTS_MAX], *slot_list[SLOTS_MAX];
	Gridvanguard__V1__Question questions[QUESTIONS_MAX], *question_list[QUESTIONS_MAX];
	char *choices[QUESTIONS_MAX][CHOICES_MAX];
	char *packed; /* the questions, cut into their texts; NULL without any */
};

/* False when memory is out; call_out_finish() gives it back all the same. */
bool fill_call(struct call_out *out, const struct call_record *record, const struct call_numbers *numbers);
void call_out_finish(struct call_out *out);

/* The names of what changed, for a repeated string; how many. */
size_t list_changes(char *out[CALL_CHANGES], uint32_t changes);

/* All the lines, and the list of them. NULL when memory is out; free_lines() gives it back. */
struct line_out;
struct line_out *make_lines(const struct view *view, const struct telling_lines *how, const struct line_change *lines,
	size_t count, Gridvanguard__V1__Line ***list);
void free_lines(struct line_out *out, size_t count);

#endif
