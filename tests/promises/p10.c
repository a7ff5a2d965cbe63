/* p10.c - P10: bad input gets a Status naming the field, and changes nothing.
 *
 * Every field of every request, found in the proto: what it must not be follows from its type and from what the proto
 * declares of it (declared.h). A good request of each verb comes from tests/unit/golden, where every field has its frame.
 * After each refusal the session goes on, and all of Redis is byte for byte as it was. A field of which nothing bad is
 * known fails the test. */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "declared.h"
#include "golden_requests.h"
#include "raw.h"

#define FIELDS_MAX 256
#define ITEMS_MAX  256
#define LONG       9000    /* longer than any text may be that declares no bytes, and yet in a frame */
#define BYTES_MAX  16000   /* of what a frame can hold */
#define NUL        "#NUL#" /* the first byte of this becomes one on the way */
#define PATH_TEXT  80
#define DAY_MS     86400000

/* Numbers that may be anything at all. */
static const char *const free_fields[] = {"CallEdit.version", "ChainWithdraw.number", "ChainConfirm.number",
	"ChainCheck.number", "ChainList.after", "ChatPreview.after", "ChainPhones.after", "DeviceRevoke.device",
	"Slot.confirmed", "Slot.waiting", NULL};

/* Where a message is read by milder rules than it declares, as the message around it says. */
static const char *const milder[] = {"template_save call.place", "template_save call.deadline_ms", NULL};

static struct world *world;
static struct raw raw;
static redisContext *redis;
static const char *open_call, *closed_call;
static char picture[48];
static const ProtobufCFieldDescriptor *tried[FIELDS_MAX];
static unsigned tried_count, refused_count;

static char too_long[LONG + 1], too_many_bytes[BYTES_MAX + 1];

/* Redis. */

/* All keys as they stand, with the time they end at; the lease that a hub renews each second has another one each time. */
#define PICTURE                                                                                             \
	"local keys, all = redis.call('KEYS', '*'), {} table.sort(keys) "                                   \
	"for _, key in ipairs(keys) do all[#all + 1] = key all[#all + 1] = redis.call('DUMP', key) "        \
	"if not string.find(key, ':relayer$') then all[#all + 1] = redis.call('PEXPIRETIME', key) end end " \
	"return redis.sha1hex(table.concat(all, ' '))"

/* Whether what was done before has been brought to all partitions: until then their marks move. */
#define IS_BROUGHT                                                                  \
	"for at = 0, 15 do for from = 0, 15 do "                                    \
	"local seq = tonumber(redis.call('HGET', '{' .. from .. '}:meta', 'seq')) " \
	"local mark = redis.call('HGET', '{' .. at .. '}:relay', from) or '0' "     \
	"if tonumber(string.match(mark, '%d+')) < seq then return 0 end end end return 1"

static redisReply *
evaluate(const char *script)
{
	redisReply *reply = redisCommand(redis, "EVAL %s 0", script);

	assert_non_null(reply);
	if (reply->type == REDIS_REPLY_ERROR)
		fail_msg("%s", reply->str);
	return reply;
}

static void
take_picture(char out[48])
{
	redisReply *reply = evaluate(PICTURE);

	snprintf(out, 48, "%s", reply->str);
	freeReplyObject(reply);
}

static bool
is_brought(void)
{
	redisReply *reply = evaluate(IS_BROUGHT);
	bool brought = reply->integer == 1;

	freeReplyObject(reply);
	return brought;
}

/* One request. */

static void
send_request(Request *request)
{
	Frame frame = GRIDVANGUARD__V1__FRAME__INIT;
	size_t len;
	uint8_t *packed, *nul;

	request->id = ++raw.last_id;
	frame.n_requests = 1;
	frame.requests = &request;
	len = gridvanguard__v1__frame__get_packed_size(&frame);
	packed = malloc(len + 1);
	assert_non_null(packed);
	gridvanguard__v1__frame__pack(&frame, packed);
	nul = memmem(packed, len, NUL, strlen(NUL));
	if (nul)
		*nul = '\0';
	assert_true(socket_send_frame(&raw.socket, WS_BINARY, packed, len));
	free(packed);
}

/* Sends it, and looks at the answer and at Redis. */
static void
refuse(Request *request, const char *path, const char *how)
{
	const ProtobufCFieldDescriptor *verb =
		protobuf_c_message_descriptor_get_field(&gridvanguard__v1__request__descriptor, request->verb_case);
	char now[48];
	Answer *answer;

	send_request(request);
	answer = raw_answer(&raw, raw.last_id);
	if (answer->status != GRIDVANGUARD__V1__STATUS__STATUS_BAD_REQUEST || strcmp(answer->field, path) != 0)
		fail_msg("%s with %s in %s: status %d, field '%s'", verb->name, how, path, answer->status,
			answer->field);
	free_answer(answer);
	take_picture(now);
	if (strcmp(now, picture) != 0)
		fail_msg("%s with %s in %s changed something", verb->name, how, path);
	refused_count++;
}

/* Where one field stands. */
struct spot {
	Request *request;
	const ProtobufCFieldDescriptor *field;
	ProtobufCMessage *message;
	char path[PATH_TEXT];
	struct declared declared;
};

PRINTF_LIKE(2, 3) static void print_path(char out[PATH_TEXT], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	assert_in_range(vsnprintf(out, PATH_TEXT, format, args), 1, PATH_TEXT - 1);
	va_end(args);
}

static void *
value_of(const struct spot *spot)
{
	return (char *)spot->message + spot->field->offset;
}

static size_t *
count_of(const struct spot *spot)
{
	return (size_t *)(void *)((char *)spot->message + spot->field->quantifier_offset);
}

static bool
is_listed(const char *const *list, const char *text)
{
	for (; *list; list++)
		if (strcmp(*list, text) == 0)
			return true;
	return false;
}

static bool
is_milder(const struct spot *spot)
{
	const ProtobufCFieldDescriptor *verb = protobuf_c_message_descriptor_get_field(
		&gridvanguard__v1__request__descriptor, spot->request->verb_case);
	char here[160];

	snprintf(here, sizeof(here), "%s %s", verb->name, spot->path);
	return is_listed(milder, here);
}

static void
note_tried(const ProtobufCFieldDescriptor *field)
{
	for (unsigned i = 0; i < tried_count; i++)
		if (tried[i] == field)
			return;
	assert_true(tried_count < FIELDS_MAX);
	tried[tried_count++] = field;
}

static void
refuse_field(const struct spot *spot, const char *how)
{
	refuse(spot->request, spot->path, how);
	note_tried(spot->field);
}

/* Texts. */

static void
try_text(const struct spot *spot, char **at, const char *text, const char *how)
{
	char *was = *at;

	*at = UNCONST(text);
	refuse_field(spot, how);
	*at = was;
}

static void
try_texts(const struct spot *spot, char **at)
{
	const struct range *characters = &spot->declared.characters, *bytes = &spot->declared.bytes;
	bool may_be_empty = is_milder(spot) || declared_says(&spot->declared, "empty");
	char text[LONG] = "";

	try_text(spot, at, "1\xff", "what is no UTF-8");
	try_text(spot, at, "1" NUL, "a NUL");
	if (bytes->said) {
		snprintf(too_many_bytes, sizeof(too_many_bytes), "%0*u", (int)bytes->max + 1, 1U);
		try_text(spot, at, too_many_bytes, "one byte too many");
	} else {
		try_text(spot, at, too_long, "a very long text");
	}
	if (characters->said && characters->max * strlen("字") < LONG) {
		for (uint64_t i = 0; i <= characters->max; i++)
			strcat(text, "字");
		try_text(spot, at, text, "one character too many");
	}
	if (declared_says(&spot->declared, "one line"))
		try_text(spot, at, "a\nb", "two lines");
	if (characters->said || bytes->said)
		may_be_empty = characters->min + bytes->min == 0;
	if (!may_be_empty)
		try_text(spot, at, "", "nothing");
}

/* Numbers. */

static void
put_number(const struct spot *spot, uint64_t number)
{
	if (spot->field->type == PROTOBUF_C_TYPE_UINT64)
		*(uint64_t *)value_of(spot) = number;
	else
		*(uint32_t *)value_of(spot) = (uint32_t)number;
}

static uint64_t
get_number(const struct spot *spot)
{
	return spot->field->type == PROTOBUF_C_TYPE_UINT64 ? *(uint64_t *)value_of(spot) : *(uint32_t *)value_of(spot);
}

static void
try_number(const struct spot *spot, uint64_t number, const char *how)
{
	uint64_t was = get_number(spot);

	put_number(spot, number);
	refuse_field(spot, how);
	put_number(spot, was);
}

/* The field of that name beside it. */
static struct spot
beside(const struct spot *spot, const char *name)
{
	struct spot other = *spot;

	other.field = protobuf_c_message_descriptor_get_field_by_name(spot->message->descriptor, name);
	assert_non_null(other.field);
	return other;
}

static void
try_against(const struct spot *spot, const char *name, uint64_t number, uint64_t others, const char *how)
{
	struct spot other = beside(spot, name);
	uint64_t was = get_number(&other);

	put_number(&other, others);
	try_number(spot, number, how);
	put_number(&other, was);
}

/* Only the function in Redis can say what is later than now: until it is asked, all else must be as it should be. */
static void
try_times(const struct spot *spot)
{
	Request *request = spot->request;

	if (request->verb_case == GRIDVANGUARD__V1__REQUEST__VERB_CALL_EDIT)
		request->call_edit->version = 1;
	try_number(spot, 1, "a time that is past");
	try_number(spot, clock_wall_ms() + 367ULL * DAY_MS, "a time in more than a year");
}

static void
try_numbers(const struct spot *spot)
{
	const struct range *range = &spot->declared.range;

	if (range->said && range->min > 0)
		try_number(spot, range->min - 1, "too little");
	if (range->said)
		try_number(spot, range->max + 1, "too much");
	if (spot->field->type == PROTOBUF_C_TYPE_UINT64)
		try_number(spot, ID_NUMBER_MAX + 1, "what JavaScript does not hold");
	if (declared_says(&spot->declared, "not above the limit"))
		try_against(spot, "limit", 2, 1, "more than the limit");
	if (declared_says(&spot->declared, "not before starts_ms"))
		try_against(spot, "starts_ms", 1, 2, "an end before the start");
	if (declared_says(&spot->declared, "later than now") && !is_milder(spot))
		try_times(spot);
}

static void
try_enum(const struct spot *spot)
{
	const ProtobufCEnumDescriptor *values = spot->field->descriptor;

	try_number(spot, (uint64_t)values->values[values->n_values - 1].value + 1, "an unknown value");
}

/* Lists. */

static void
try_count(const struct spot *spot, size_t count, const char *how)
{
	void ***at = value_of(spot), **was = *at, *items[ITEMS_MAX];
	size_t had = *count_of(spot);

	assert_in_range(count, 0, ITEMS_MAX);
	for (size_t i = 0; i < count; i++)
		items[i] = was[0];
	*at = items;
	*count_of(spot) = count;
	refuse_field(spot, how);
	*at = was;
	*count_of(spot) = had;
}

static void walk(Request *request, ProtobufCMessage *message, const char *path);

static void
try_list(const struct spot *spot)
{
	const struct range *range = &spot->declared.range;
	void **items = *(void ***)value_of(spot);
	size_t last = *count_of(spot) - 1;
	struct spot item = *spot;

	if (*count_of(spot) == 0)
		return; /* another golden frame has some */
	if (range->said && range->min > 0)
		try_count(spot, 0, "no item");
	if (range->said)
		try_count(spot, range->max + 1, "too many items");
	if (declared_says(&spot->declared, "each with a label of its own")) {
		print_path(item.path, "%s.label", spot->path);
		try_count(&item, 2, "the same twice");
	}
	print_path(item.path, "%s[%zu]", spot->path, last);
	if (spot->field->type == PROTOBUF_C_TYPE_STRING)
		try_texts(&item, (char **)&items[last]);
	else
		walk(spot->request, items[last], item.path);
}

/* Messages. */

static void
try_message(const struct spot *spot)
{
	ProtobufCMessage **at = value_of(spot), *was = *at;

	if (!(spot->field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)) {
		*at = NULL;
		refuse_field(spot, "nothing");
		*at = was;
	}
	walk(spot->request, was, spot->path);
}

static void
try_field(const struct spot *spot)
{
	bool is_choice = spot->field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF;

	if (is_choice && *(const uint32_t *)(const void *)count_of(spot) != spot->field->id)
		return; /* another was chosen; what is counted of a list is the case of a choice */
	if (spot->field->label == PROTOBUF_C_LABEL_REPEATED)
		return try_list(spot);
	switch (spot->field->type) {
	case PROTOBUF_C_TYPE_STRING:
		try_texts(spot, value_of(spot));
		break;
	case PROTOBUF_C_TYPE_ENUM:
		try_enum(spot);
		break;
	case PROTOBUF_C_TYPE_MESSAGE:
		try_message(spot);
		break;
	default:
		if (spot->field->type != PROTOBUF_C_TYPE_BOOL) /* any number is one */
			try_numbers(spot);
	}
}

static void
walk(Request *request, ProtobufCMessage *message, const char *path)
{
	const ProtobufCMessageDescriptor *descriptor = message->descriptor;

	for (unsigned i = 0; i < descriptor->n_fields; i++) {
		struct spot spot = {request, &descriptor->fields[i], message, "", {""}};
		print_path(spot.path, "%s%s%s", path, path[0] ? "." : "", spot.field->name);
		spot.declared = declared_of(descriptor->short_name, spot.field->name);
		try_field(&spot);
	}
}

/* The name of a request, where it needs one. */
static void
try_once(Request *request)
{
	struct uuid once = uuid_make(clock_wall_ms()), old = once;
	uint8_t longer[17] = {0};

	if (request->once.len == 0)
		return;
	free(request->once.data);
	memcpy(longer, once.bytes, sizeof(once.bytes));
	old.bytes[6] = (uint8_t)((old.bytes[6] & 0x0f) | 0x40);
	request->once = (ProtobufCBinaryData){0, NULL};
	refuse(request, "once", "nothing");
	request->once = (ProtobufCBinaryData){sizeof(once.bytes) - 1, once.bytes};
	refuse(request, "once", "too few bytes");
	request->once = (ProtobufCBinaryData){sizeof(longer), longer};
	refuse(request, "once", "too many bytes");
	request->once = (ProtobufCBinaryData){sizeof(old.bytes), old.bytes};
	refuse(request, "once", "another version of UUID");
	request->once = (ProtobufCBinaryData){0, NULL};
}

/* Golden frames: a call in them becomes one that is there. */

static void
name_call(Request *request)
{
	ProtobufCMessage *body = &request->login->base; /* the members of the oneof are all pointers to messages */
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(body->descriptor, "call");
	char **at;

	if (!field || field->type != PROTOBUF_C_TYPE_STRING)
		return;
	at = (char **)(void *)((char *)body + field->offset);
	free(*at);
	*at = strdup(request->verb_case == GRIDVANGUARD__V1__REQUEST__VERB_CALL_REOPEN ? closed_call : open_call);
}

static void
try_request(Request *request)
{
	struct uuid once = uuid_make(clock_wall_ms());
	bool changes = request->once.len > 0;

	name_call(request);
	try_once(request);
	if (changes)
		request->once = (ProtobufCBinaryData){sizeof(once.bytes), once.bytes};
	walk(request, &request->login->base, "");
	request->once = (ProtobufCBinaryData){0, NULL};
}

/* Nothing was left out. */

static void
look_for_untried(const ProtobufCMessageDescriptor *message)
{
	for (unsigned i = 0; i < message->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->fields[i];
		char name[80];
		/* Any number is a truth value; a choice is looked at by what is in it. */
		bool found = field->type == PROTOBUF_C_TYPE_BOOL || (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF);
		snprintf(name, sizeof(name), "%s.%s", message->short_name, field->name);
		for (unsigned j = 0; j < tried_count; j++)
			found = found || tried[j] == field;
		if (field->type == PROTOBUF_C_TYPE_MESSAGE)
			look_for_untried(field->descriptor);
		if (found == is_listed(free_fields, name))
			fail_msg("%s: %s", name,
				found ? "is said to be free, and is not" : "nothing bad is known of it");
	}
}

static void
bad_input_names_its_field_and_changes_nothing(void **state)
{
	const ProtobufCMessageDescriptor *request = &gridvanguard__v1__request__descriptor;

	(void)state;
	golden_requests(try_request);
	for (unsigned i = 0; i < request->n_fields; i++)
		if (request->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
			look_for_untried(request->fields[i].descriptor);
	print_message("# %u requests were refused, of %u fields\n", refused_count, tried_count);
	/* He who was refused so often is served as ever. */
	raw_expect(&raw, to_show_call(open_call), "OK", "");
}

static int
open_world(void **state)
{
	char path[160];

	(void)state;
	memset(too_long, '1', LONG);
	declared_open();
	world = world_open(NULL);
	open_call = post_call(world, .limit = 2);
	closed_call = post_call(world, .limit = 2);
	join(world, open_call, "an", "bo", "chen");
	close_call(world, closed_call);
	raw_login(&raw, world, "worker");
	snprintf(path, sizeof(path), "%s/redis.sock", world->folder);
	redis = redisConnectUnix(path);
	assert_true(redis && !redis->err);
	wait_until(world, is_brought(), "what was done to be brought to all partitions");
	take_picture(picture);
	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	redisFree(redis);
	raw_close(&raw);
	world_close(world);
	declared_close();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_input_names_its_field_and_changes_nothing),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
