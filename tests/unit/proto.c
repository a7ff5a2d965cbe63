/* proto.c - the proto, the tables made from it and the hub's own numbers say the same. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "event.h"
#include "requests.h"
#include "rules.h"
#include "table.h"
#include "unit.h"

/* Verbs. */

static bool
find_verb(enum verb *out, const char *name)
{
	for (enum verb verb = 0; verb < VERB_COUNT; verb++) {
		if (strcmp(verb_name(verb), name) != 0)
			continue;
		*out = verb;
		return true;
	}
	return false;
}

/* The members of the oneof of Request; returns how many. */
static unsigned
walk_verbs(void (*visit)(const ProtobufCFieldDescriptor *field))
{
	const ProtobufCMessageDescriptor *request = &gridvanguard__v1__request__descriptor;
	unsigned count = 0;

	for (unsigned i = 0; i < request->n_fields; i++) {
		if (!(request->fields[i].flags & PROTOBUF_C_FIELD_FLAG_ONEOF))
			continue;
		assert_int_equal(request->fields[i].quantifier_offset, offsetof(Request, verb_case));
		visit(&request->fields[i]);
		count++;
	}
	return count;
}

static void
look_at_verb(const ProtobufCFieldDescriptor *field)
{
	enum verb verb = VERB_COUNT;

	if (!find_verb(&verb, field->name))
		fail_msg("%s is in the proto and not in VERB_LIST", field->name);
	assert_ptr_equal(rules_message(verb), field->descriptor);
	if (!table_has(verb))
		fail_msg("%s has no row in the table of verbs", field->name);
	assert_int_equal(good_request(verb)->verb_case, field->id);
}

static void
every_verb_of_the_proto_is_known(void **state)
{
	(void)state;
	assert_int_equal(walk_verbs(look_at_verb), VERB_COUNT);
}

static void
look_at_offset(const ProtobufCFieldDescriptor *field)
{
	assert_int_equal(field->type, PROTOBUF_C_TYPE_MESSAGE);
	assert_int_equal(field->offset, offsetof(Request, login));
}

/* The code takes the pointer of one for that of any. */
static void
verbs_are_messages_in_one_place(void **state)
{
	(void)state;
	walk_verbs(look_at_offset);
}

/* A result is told to the verb of its name. */
static void
every_result_belongs_to_a_verb(void **state)
{
	const ProtobufCMessageDescriptor *answer = &gridvanguard__v1__answer__descriptor;
	unsigned count = 0;

	(void)state;
	for (unsigned i = 0; i < answer->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &answer->fields[i], *verb;
		if (!(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF))
			continue;
		verb = protobuf_c_message_descriptor_get_field_by_name(
			&gridvanguard__v1__request__descriptor, field->name);
		assert_non_null(verb);
		assert_int_equal(verb->id, field->id);
		assert_int_equal(field->type, PROTOBUF_C_TYPE_MESSAGE);
		count++;
	}
	assert_true(count >= 17);
}

/* Rules. */

static void
report_gap(const char *message, const char *field, void *context)
{
	unsigned *gaps = context;

	print_error("%s.%s has no rule that fits it\n", message, field);
	(*gaps)++;
}

static void
every_field_of_a_request_has_its_rule(void **state)
{
	unsigned gaps = 0;

	(void)state;
	rules_audit(report_gap, &gaps);
	assert_int_equal(gaps, 0);
}

/* The text of all .proto files. The caller frees it. */
static char *
read_protos(void)
{
	static const char *const nouns[] = {"audit", "call", "desk", "device", "factor", "frame", "grant", "invite",
		"member", "person", "place", "roster", "session", "template", "wechat"};
	struct buf text = {0};
	size_t len;

	for (size_t i = 0; i < ARRAY_LEN(nouns); i++) {
		char path[512], part[4096];
		FILE *file;
		size_t got;
		snprintf(path, sizeof(path), PROTO_FOLDER "/%s.proto", nouns[i]);
		file = fopen(path, "r");
		if (!file)
			fail_msg("%s cannot be read", path);
		while ((got = fread(part, 1, sizeof(part), file)) > 0)
			buf_add(&text, part, got);
		fclose(file);
	}
	return buf_take(&text, &len);
}

/* The comment right above a message, as far as it is one. */
static struct text
comment_above(const char *protos, const char *message)
{
	char head[80];
	const char *end, *start;

	snprintf(head, sizeof(head), "\nmessage %s {", message);
	end = strstr(protos, head);
	if (!end)
		fail_msg("no message %s", message);
	start = end;
	while (start > protos) {
		const char *line = start;
		while (line > protos && line[-1] != '\n')
			line--;
		if (strncmp(line, "//", 2) != 0)
			break;
		start = line > protos ? line - 1 : line;
	}
	return (struct text){start, (size_t)(end - start)};
}

/* Whether a request of the verb is refused without `once`. */
static bool
needs_once(struct frame *frame, enum verb verb)
{
	Request *request = good_request(verb);
	char field[FIELD_TEXT_MAX];
	struct asked asked;
	struct bytes bytes;
	enum status status;

	request->once = (ProtobufCBinaryData){0, NULL};
	bytes = pack_requests(&request, 1);
	assert_int_equal(frame_open(frame, bytes.data, bytes.len), OK);
	status = frame_request(frame, 0, &asked, field);
	free(bytes.data);
	assert_true(status == OK || strcmp(field, "once") == 0);
	return status != OK;
}

static void
verb_needs_once_where_the_proto_says_so(void **state)
{
	char *protos = read_protos();
	unsigned said = 0;
	struct frame frame;

	(void)state;
	frame_init(&frame);
	for (enum verb verb = 0; verb < VERB_COUNT; verb++) {
		struct text comment = comment_above(protos, rules_message(verb)->short_name);
		bool needs = memmem(comment.data, comment.len, "Needs `once`", strlen("Needs `once`"));
		if (needs_once(&frame, verb) != needs)
			fail_msg(
				"the proto says that %s %s `once`", verb_name(verb), needs ? "needs" : "does not need");
		said += needs;
	}
	assert_true(said >= 14);
	frame_finish(&frame);
	free(protos);
}

/* Enums. */

static void
statuses_are_those_of_the_proto(void **state)
{
	const ProtobufCEnumDescriptor *proto = &gridvanguard__v1__status__descriptor;
	unsigned count = 0;

	(void)state;
#define STATUS_COUNT(name, number) +1
	assert_int_equal(proto->n_values, 1 STATUS_LIST(STATUS_COUNT)); /* and UNSPECIFIED */
#undef STATUS_COUNT
	for (unsigned i = 0; i < proto->n_values; i++) {
		const ProtobufCEnumValue *value = &proto->values[i];
		enum status status = 0;
		assert_int_equal(strncmp(value->name, "STATUS_", 7), 0);
		if (value->value == 0) {
			assert_string_equal(value->name, "STATUS_UNSPECIFIED");
			continue;
		}
		assert_string_equal(status_name((enum status)value->value), value->name + 7);
		assert_true(status_parse(&status, text_of(value->name + 7)));
		assert_int_equal(status, value->value);
		count++;
	}
	assert_int_equal(count, proto->n_values - 1);
}

static void
states_of_lines_are_those_of_the_proto(void **state)
{
	const ProtobufCEnumDescriptor *proto = &gridvanguard__v1__line_state__descriptor;

	(void)state;
	assert_int_equal(proto->n_values, 5);
	assert_int_equal(GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_UNSPECIFIED, LINE_NONE);
	assert_int_equal(GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_CONFIRMED, LINE_CONFIRMED);
	assert_int_equal(GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_WAITING, LINE_WAITING);
	assert_int_equal(GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_STRUCK, LINE_STRUCK);
	assert_int_equal(GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_OFFERED, LINE_OFFERED);
}

/* A value's name behind the prefix, in small letters. */
static const char *
word_of(const ProtobufCEnumValue *value, const char *prefix)
{
	static char word[32];
	size_t len = 0;

	assert_int_equal(strncmp(value->name, prefix, strlen(prefix)), 0);
	for (const char *at = value->name + strlen(prefix); *at; at++)
		word[len++] = (char)tolower((unsigned char)*at);
	word[len] = '\0';
	return word;
}

/* The words in which the functions in Redis write them are those of the proto, in small letters. */
static void
words_for_states_are_those_of_the_proto(void **state)
{
	const ProtobufCEnumDescriptor *lines = &gridvanguard__v1__line_state__descriptor;
	const ProtobufCEnumDescriptor *calls = &gridvanguard__v1__call_state__descriptor;

	(void)state;
	for (unsigned i = 0; i < lines->n_values; i++) {
		const ProtobufCEnumValue *value = &lines->values[i];
		enum line_state line_state = LINE_NONE;
		assert_int_equal(
			line_state_parse(&line_state, text_of(word_of(value, "LINE_STATE_"))), value->value != 0);
		assert_int_equal(line_state, value->value);
	}
	for (unsigned i = 0; i < calls->n_values; i++) {
		const ProtobufCEnumValue *value = &calls->values[i];
		enum call_state call_state = CALL_NONE;
		assert_int_equal(
			call_state_parse(&call_state, text_of(word_of(value, "CALL_STATE_"))), value->value != 0);
		assert_int_equal(call_state, value->value);
	}
}

/* CallChanged and CallEditResult name fields of Call, and one thing that is none. */
static void
changes_of_calls_are_fields_of_the_proto(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CALL_CHANGES; i++) {
		const char *name = call_change_name(i);
		bool is_field =
			protobuf_c_message_descriptor_get_field_by_name(&gridvanguard__v1__call__descriptor, name);
		if (is_field == (1U << i == CALL_CHANGED_OVERDUE))
			fail_msg("%s is%s a field of Call", name, is_field ? "" : " not");
	}
}

/* Whether a request to post a call is taken with this number in that field. */
static bool
is_taken(struct frame *frame, const char *path, int number)
{
	Request *request = good_request(VERB_CALL_POST);
	char field[FIELD_TEXT_MAX];
	struct asked asked;
	struct bytes bytes;
	enum status status;

	set_number(request, path, (uint64_t)number);
	bytes = pack_requests(&request, 1);
	assert_int_equal(frame_open(frame, bytes.data, bytes.len), OK);
	status = frame_request(frame, 0, &asked, field);
	free(bytes.data);
	return status == OK;
}

/* And none that it has not. Nothing is asked without a kind. */
static void
every_value_of_an_enum_may_be_asked(void **state)
{
	const ProtobufCEnumDescriptor *names = &gridvanguard__v1__names_shown__descriptor;
	const ProtobufCEnumDescriptor *kinds = &gridvanguard__v1__question_kind__descriptor;
	struct frame frame;

	(void)state;
	frame_init(&frame);
	for (int value = -1; value < 10; value++) {
		const ProtobufCEnumValue *name = protobuf_c_enum_descriptor_get_value(names, value);
		const ProtobufCEnumValue *kind = protobuf_c_enum_descriptor_get_value(kinds, value);
		bool has_choices = value == GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_CHOICE;
		assert_int_equal(is_taken(&frame, "names", value), name != NULL);
		assert_int_equal(is_taken(&frame, has_choices ? "questions[1].kind" : "questions[0].kind", value),
			kind != NULL && value != 0);
	}
	frame_finish(&frame);
}

static void
states_of_calls_are_those_of_the_proto(void **state)
{
	(void)state;
	assert_int_equal(gridvanguard__v1__call_state__descriptor.n_values, 4);
	assert_int_equal(GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_UNSPECIFIED, CALL_NONE);
	assert_int_equal(GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_OPEN, CALL_OPEN);
	assert_int_equal(GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_CLOSED, CALL_CLOSED);
	assert_int_equal(GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_CANCELLED, CALL_CANCELLED);
}

/* JavaScript's codec has no place for a scalar in a oneof, nor C's arena one for messages within themselves. */
static void
look_at_message(const ProtobufCMessageDescriptor *message, unsigned depth)
{
	if (depth > 6)
		fail_msg("%s seems to hold itself", message->name);
	for (unsigned i = 0; i < message->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->fields[i];
		if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
			assert_int_equal(field->type, PROTOBUF_C_TYPE_MESSAGE);
		if (field->type == PROTOBUF_C_TYPE_MESSAGE)
			look_at_message(field->descriptor, depth + 1);
	}
}

static void
proto_keeps_to_what_all_codecs_can_do(void **state)
{
	(void)state;
	look_at_message(&gridvanguard__v1__frame__descriptor, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verb_of_the_proto_is_known),
		cmocka_unit_test(verbs_are_messages_in_one_place),
		cmocka_unit_test(every_result_belongs_to_a_verb),
		cmocka_unit_test(every_field_of_a_request_has_its_rule),
		cmocka_unit_test(verb_needs_once_where_the_proto_says_so),
		cmocka_unit_test(statuses_are_those_of_the_proto),
		cmocka_unit_test(states_of_lines_are_those_of_the_proto),
		cmocka_unit_test(words_for_states_are_those_of_the_proto),
		cmocka_unit_test(states_of_calls_are_those_of_the_proto),
		cmocka_unit_test(changes_of_calls_are_fields_of_the_proto),
		cmocka_unit_test(every_value_of_an_enum_may_be_asked),
		cmocka_unit_test(proto_keeps_to_what_all_codecs_can_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
