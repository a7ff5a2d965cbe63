/* packed.c - questions and what a line says, each as one text: whatever the rules let through comes out of it again. */
#include <stdio.h>
#include <stdlib.h>

#include "answers.h"
#include "evening.h"
#include "packed.h"
#include "requests.h"
#include "unit.h"

#define QUESTIONS 8
#define CHOICES   10

typedef Gridvanguard__V1__Question Question;
typedef Gridvanguard__V1__Line Line;

static struct frame frame;

static int
open_all(void **state)
{
	(void)state;
	frame_init(&frame);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	frame_finish(&frame);
	return 0;
}

/* What came out of a frame with this request; it lives until the next. */
static struct asked
ask(Request *request)
{
	struct bytes bytes = pack_requests(&request, 1);
	char field[FIELD_TEXT_MAX];
	struct asked asked;

	assert_int_equal(frame_open(&frame, bytes.data, bytes.len), OK);
	if (frame_request(&frame, 0, &asked, field) != OK)
		fail_msg("refused for %s", field);
	free(bytes.data);
	return asked;
}

/* The packed text, with its NUL; the caller frees it. */
static char *
taken(struct buf *buf)
{
	size_t len;
	char *text = buf_take(buf, &len);

	assert_non_null(text);
	assert_int_equal(strlen(text), len);
	return text;
}

/* Questions. */

static void
questions_are_rows_of_columns(void **state)
{
	struct asked asked = ask(good_request(VERB_CALL_POST));
	struct buf buf = {0};
	char *packed;

	(void)state;
	pack_questions(&buf, &asked.call_post.questions);
	packed = taken(&buf);
	assert_string_equal(packed, "3\t1\t几点能到\n2\t0\t尺码\t大\t小");
	free(packed);
}

static void
without_questions_there_is_no_text(void **state)
{
	struct list none = {0};
	struct buf buf = {0};

	(void)state;
	pack_questions(&buf, &none);
	assert_int_equal(buf.len, 0);
	assert_false(buf.failed);
	buf_finish(&buf);
}

/* What a line says. */

static void
assert_line_text(const char *name, const char *remark, struct list answers, const char *expected)
{
	struct buf buf = {0};
	char *packed;

	pack_line_texts(&buf, text_of(name), text_of(remark), &answers);
	packed = taken(&buf);
	assert_string_equal(packed, expected);
	free(packed);
}

static void
line_says_name_remark_and_answers(void **state)
{
	struct text answers[] = {TEXT("8"), TEXT(""), TEXT("小")};

	(void)state;
	assert_line_text("王建国", "带小推车", (struct list){answers, 3}, "王建国\t带小推车\t8\t\t小");
	assert_line_text("王建国", "", (struct list){0}, "王建国\t");
	assert_line_text("", "带小推车", (struct list){0}, "\t带小推车");
	assert_line_text("", "", (struct list){answers, 1}, "\t\t8");
	assert_line_text("", "带小推车", (struct list){answers, 2}, "\t带小推车\t8");
	assert_line_text("", "带小推车", (struct list){answers + 1, 1}, "\t带小推车");
}

static void
line_that_says_nothing_has_no_text(void **state)
{
	struct text answers[] = {TEXT(""), TEXT("")};

	(void)state;
	assert_line_text("", "", (struct list){0}, "");
	assert_line_text("", "", (struct list){answers, 2}, "");
}

/* Answers. */

static void
answer_must_fit_its_question(void **state)
{
	static const struct {
		const char *question, *answer;
		bool fits;
	} cases[] = {
		{"1\t0\t几点能到", "", true}, {"1\t0\t几点能到", "八点", true}, {"1\t1\t几点能到", "", false},
		{"1\t1\t几点能到", " ", true}, {"1\t1\t几点能到", "8", true}, {"2\t0\t尺码\t大\t小", "", true},
		{"2\t1\t尺码\t大\t小", "", false}, {"2\t1\t尺码\t大\t小", "大", true},
		{"2\t0\t尺码\t大\t小", "小", true}, {"2\t0\t尺码\t大\t小", "中", false},
		{"2\t0\t尺码\t大\t小", "尺码", false}, /* the label is no choice */
		{"2\t0\t尺码\t大\t小", "2", false}, {"2\t0\t尺码\t大码\t小码", "大", false}, /* nor is half of one */
		{"2\t0\t尺码\t大\t小", "大\t小", false}, {"2\t0\t尺码\t大\t小", "大 ", false}, {"3\t0\t几位", "", true},
		{"3\t1\t几位", "", false}, {"3\t1\t几位", "0", true}, {"3\t1\t几位", "007", true},
		{"3\t1\t几位", "18446744073709551616", true}, /* a telephone number may be as long */
		{"3\t1\t几位", "-1", false}, {"3\t1\t几位", "1.5", false}, {"3\t1\t几位", "1 2", false},
		{"3\t1\t几位", "三", false}, {"3\t1\t几位", "３", false}, /* of full width */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (packed_answer_fits(text_of(cases[i].question), text_of(cases[i].answer)) != cases[i].fits)
			fail_msg("'%s' to '%s'", cases[i].answer, cases[i].question);
}

/* There and back: what a client sends is read, packed, kept in a record, and told as it was. */

/* From `min` to `max` characters, none of them blank at the end of it, but for that any that the rules let through. */
static char *
random_text(struct rng *rng, uint32_t min, uint32_t max)
{
	static const char *const characters[] = {
		"a", "0", " ", "|", ",", ";", ":", "\\", "\"", "é", "王", "龙", "，", "\u200d", "\ufe0f", "𠀋", "👩"};
	static char texts[512][200 * 4 + 1];
	static unsigned next;
	char *text = texts[next++ % ARRAY_LEN(texts)];
	uint32_t count = rng_below(rng, 8) ? min + rng_below(rng, max - min + 1) : max;

	text[0] = '\0';
	for (uint32_t i = 0; i < count; i++)
		strcat(text, i + 1 < count ? characters[rng_below(rng, ARRAY_LEN(characters))] : "文");
	return text;
}

struct questions {
	Question items[QUESTIONS], *list[QUESTIONS];
	char *choices[QUESTIONS][CHOICES];
};

static void
random_questions(struct questions *questions, struct rng *rng, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		Question *question = questions->list[i] = &questions->items[i];
		gridvanguard__v1__question__init(question);
		question->kind = (Gridvanguard__V1__QuestionKind)(1 + rng_below(rng, 3));
		question->required = (protobuf_c_boolean)rng_below(rng, 2);
		question->label = random_text(rng, 1, 40);
		question->choices = questions->choices[i];
		if (question->kind == GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_CHOICE)
			question->n_choices = 2 + rng_below(rng, CHOICES - 1);
		for (size_t j = 0; j < question->n_choices; j++)
			question->choices[j] = random_text(rng, 1, 20);
	}
}

static void
assert_same_message(const ProtobufCMessage *is, const ProtobufCMessage *was)
{
	struct bytes bytes = pack_message(is), expected = pack_message(was);

	assert_int_equal(bytes.len, expected.len);
	assert_memory_equal(bytes.data, expected.data, expected.len);
	free(bytes.data);
	free(expected.data);
}

/* Tells a call with these packed questions; the caller frees the frame. */
static Frame *
tell_call(const char *packed)
{
	struct call_record record = evening_call();
	struct piece *piece;
	Frame *told;

	record.questions = text_of(packed);
	piece = answer_call_show(7, &record, &(struct call_numbers){0});
	told = gridvanguard__v1__frame__unpack(NULL, piece->len, piece->bytes);
	assert_non_null(told);
	piece_drop(piece);
	return told;
}

static void
questions_are_told_as_they_were_asked(void **state)
{
	struct rng rng = seeded("packed_questions");
	static struct questions questions;

	(void)state;
	for (int round = 0; round < 400; round++) {
		Request *request = good_request(VERB_CALL_POST);
		struct buf buf = {0};
		struct asked asked;
		char *packed;
		Frame *told;
		request->call_post->n_questions = rng_below(&rng, QUESTIONS + 1);
		request->call_post->questions = questions.list;
		random_questions(&questions, &rng, request->call_post->n_questions);
		asked = ask(request);
		pack_questions(&buf, &asked.call_post.questions);
		packed = taken(&buf);
		told = tell_call(packed);
		assert_int_equal(told->answers[0]->call_show->call->n_questions, request->call_post->n_questions);
		for (size_t i = 0; i < request->call_post->n_questions; i++)
			assert_same_message(
				&told->answers[0]->call_show->call->questions[i]->base, &questions.items[i].base);
		gridvanguard__v1__frame__free_unpacked(told, NULL);
		free(packed);
	}
}

/* Each choice of each question is an answer to it. */
static void
every_choice_fits_its_question(void **state)
{
	struct rng rng = seeded("packed_choices");
	static struct questions questions;

	(void)state;
	for (int round = 0; round < 100; round++) {
		Request *request = good_request(VERB_CALL_POST);
		struct buf buf = {0};
		struct asked asked;
		struct text rest;
		char *packed;
		request->call_post->n_questions = QUESTIONS;
		request->call_post->questions = questions.list;
		random_questions(&questions, &rng, QUESTIONS);
		asked = ask(request);
		pack_questions(&buf, &asked.call_post.questions);
		packed = taken(&buf);
		rest = text_of(packed);
		for (size_t i = 0; i < QUESTIONS; i++) {
			struct text row = text_cut(&rest, '\n');
			for (size_t j = 0; j < questions.items[i].n_choices; j++)
				assert_true(packed_answer_fits(row, text_of(questions.choices[i][j])));
			assert_int_equal(packed_answer_fits(row, TEXT("")), !questions.items[i].required);
		}
		assert_int_equal(rest.len, 0);
		free(packed);
	}
}

/* As the author sees it; empty answers at the end may be left out. */
static void
assert_line_says(const Line *line, const Gridvanguard__V1__ChainJoin *join)
{
	assert_string_equal(line->name, join->name);
	assert_string_equal(line->remark, join->remark);
	for (size_t i = 0; i < join->n_answers; i++)
		assert_string_equal(i < line->n_answers ? line->answers[i] : "", join->answers[i]);
	if (line->n_answers > 0) /* empty ones at the end are left out, always */
		assert_string_not_equal(line->answers[line->n_answers - 1], "");
}

/* Tells a chain of one line with these texts to the author; the caller frees the frame. */
static Frame *
tell_line(const struct view *view, const char *packed)
{
	struct line_change line = {1, LINE_CONFIRMED, {0}, place_of("14"), 1, .people = 1,
		.has_texts = packed[0] != '\0', .texts = text_of(packed)};
	struct piece *piece = answer_chain_list(7, view, (struct telling_lines){.full = true}, &line, 1, 0);
	Frame *told = gridvanguard__v1__frame__unpack(NULL, piece->len, piece->bytes);

	assert_non_null(told);
	piece_drop(piece);
	return told;
}

static void
line_is_told_as_it_was_said(void **state)
{
	struct rng rng = seeded("packed_line");
	struct view *view = view_create();

	(void)state;
	for (int round = 0; round < 1000; round++) {
		Request *request = good_request(VERB_CHAIN_JOIN);
		struct buf buf = {0};
		struct asked asked;
		char *answers[QUESTIONS], *packed;
		Frame *told;
		request->chain_join->person = UNCONST("");
		request->chain_join->name = random_text(&rng, 0, 20);
		request->chain_join->remark = random_text(&rng, 0, 100);
		request->chain_join->n_answers = rng_below(&rng, QUESTIONS + 1);
		request->chain_join->answers = answers;
		for (size_t i = 0; i < request->chain_join->n_answers; i++)
			answers[i] = rng_below(&rng, 3) ? random_text(&rng, 0, 200) : UNCONST("");
		asked = ask(request);
		pack_line_texts(&buf, asked.chain_join.name, asked.chain_join.remark, &asked.chain_join.answers);
		packed = taken(&buf);
		told = tell_line(view, packed);
		assert_line_says(told->answers[0]->chain_list->lines[0], request->chain_join);
		gridvanguard__v1__frame__free_unpacked(told, NULL);
		free(packed);
	}
	view_destroy(view);
}

/* What separates columns and rows is in no text of them. */
static void
separators_are_refused(void **state)
{
	static const struct {
		enum verb verb;
		const char *field, *text;
	} cases[] = {
		{VERB_CALL_POST, "questions[0].label", "a\tb"},
		{VERB_CALL_POST, "questions[0].label", "a\nb"},
		{VERB_CALL_POST, "questions[1].choices[0]", "a\tb"},
		{VERB_CALL_POST, "questions[1].choices[1]", "a\nb"},
		{VERB_CALL_POST, "slots[0].label", "a\tb"},
		{VERB_CALL_EDIT, "to.questions[1].choices[1]", "a\tb"},
		{VERB_CHAIN_JOIN, "name", "a\tb"},
		{VERB_CHAIN_JOIN, "remark", "a\tb"},
		{VERB_CHAIN_JOIN, "answers[0]", "a\tb"},
		{VERB_CHAIN_JOIN, "answers[1]", "a\nb"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		Request *request = good_request(cases[i].verb);
		char field[FIELD_TEXT_MAX];
		struct asked asked;
		struct bytes bytes;
		set_text(request, cases[i].field, cases[i].text);
		bytes = pack_requests(&request, 1);
		assert_int_equal(frame_open(&frame, bytes.data, bytes.len), OK);
		assert_int_equal(frame_request(&frame, 0, &asked, field), BAD_REQUEST);
		assert_string_equal(field, cases[i].field);
		free(bytes.data);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_are_rows_of_columns),
		cmocka_unit_test(without_questions_there_is_no_text),
		cmocka_unit_test(line_says_name_remark_and_answers),
		cmocka_unit_test(line_that_says_nothing_has_no_text),
		cmocka_unit_test(answer_must_fit_its_question),
		cmocka_unit_test(questions_are_told_as_they_were_asked),
		cmocka_unit_test(every_choice_fits_its_question),
		cmocka_unit_test(line_is_told_as_it_was_said),
		cmocka_unit_test(separators_are_refused),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
