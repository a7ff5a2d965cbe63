#include "frame.h"

#include <assert.h>
#include <sodium.h>

#include "gridvanguard/v1/frame.pb-c.h"
#include "rules.h"

typedef Gridvanguard__V1__Frame Frame;
typedef Gridvanguard__V1__Request Request;

static const struct {
	Gridvanguard__V1__Request__VerbCase tag;
	const char *name;
	bool changes;
} verbs[VERB_COUNT] = {
#define READS                         false
#define CHANGES                       true
#define VERB_ROW(name, NAME, changes) [VERB_##NAME] = {GRIDVANGUARD__V1__REQUEST__VERB_##NAME, #name, changes},
	VERB_LIST(VERB_ROW)
#undef VERB_ROW
#undef READS
#undef CHANGES
};

const char *
verb_name(enum verb verb)
{
	return verbs[verb].name;
}

static void *
alloc_in_arena(void *arena, size_t size)
{
	return arena_alloc(arena, size);
}

/* Everything goes with the arena. */
static void
free_nothing(void *arena, void *pointer)
{
	(void)arena;
	(void)pointer;
}

void
frame_init(struct frame *frame)
{
	*frame = (struct frame){0};
	arena_init(&frame->arena, FRAME_ARENA_BYTES);
}

void
frame_finish(struct frame *frame)
{
	arena_finish(&frame->arena);
}

enum status
frame_open(struct frame *frame, const uint8_t *bytes, size_t len)
{
	ProtobufCAllocator allocator = {alloc_in_arena, free_nothing, &frame->arena};
	Frame *decoded;

	frame->request_count = 0;
	frame->pulse = false;
	arena_reset(&frame->arena);
	if (len > FRAME_MAX_BYTES)
		return BAD_REQUEST;
	decoded = gridvanguard__v1__frame__unpack(&allocator, len, bytes);
	if (!decoded || decoded->n_requests > FRAME_MAX_REQUESTS)
		return BAD_REQUEST;
	if (decoded->n_events > 0 || decoded->n_answers > 0 || decoded->n_tallies > 0)
		return BAD_REQUEST;
	frame->decoded = decoded;
	frame->request_count = decoded->n_requests;
	frame->pulse = decoded->pulse;
	return OK;
}

static bool
find_verb(enum verb *out, const Request *request)
{
	for (enum verb verb = 0; verb < VERB_COUNT; verb++) {
		if (verbs[verb].tag != request->verb_case)
			continue;
		*out = verb;
		return true;
	}
	return false;
}

static bool
read_once(struct asked *asked, const ProtobufCBinaryData *once)
{
	if (!verbs[asked->verb].changes) {
		asked->once = (struct uuid){{0}};
		return true;
	}
	if (once->len != sizeof(asked->once.bytes))
		return false;
	memcpy(asked->once.bytes, once->data, once->len);
	return uuid_is_v7(&asked->once);
}

/* Packed again, so that it does not matter how the client wrote it; BLAKE2b, for nobody may find two bodies of one
 * digest. Only what changes something is remembered under its `once`. */
static bool
make_digest(struct asked *asked, const ProtobufCMessage *body, struct arena *arena)
{
	uint8_t tag = (uint8_t)verbs[asked->verb].tag;
	size_t len = protobuf_c_message_get_packed_size(body);
	uint8_t *packed = arena_alloc(arena, len);
	crypto_generichash_state state;

	if (!packed)
		return false;
	protobuf_c_message_pack(body, packed);
	crypto_generichash_init(&state, NULL, 0, sizeof(asked->digest));
	crypto_generichash_update(&state, &tag, sizeof(tag));
	crypto_generichash_update(&state, packed, len);
	crypto_generichash_final(&state, asked->digest, sizeof(asked->digest));
	return true;
}

static enum status
bad(char field[FIELD_TEXT_MAX], const char *name)
{
	strcpy(field, name);
	return BAD_REQUEST;
}

enum status
frame_request(struct frame *frame, size_t index, struct asked *asked, char field[FIELD_TEXT_MAX])
{
	const Request *request = ((Frame *)frame->decoded)->requests[index];
	enum status status;

	assert(index < frame->request_count);
	asked->id = request->id;
	if (request->id == 0 || request->id > ID_NUMBER_MAX)
		return bad(field, "id");
	if (!find_verb(&asked->verb, request))
		return bad(field, "verb");
	if (!read_once(asked, &request->once))
		return bad(field, "once");
	if (!rules_read_why(&asked->why, request->why, &frame->arena))
		return bad(field, "why");
	/* All members of the oneof are messages, so they share one pointer. */
	status = rules_read(asked, asked->verb, &request->login->base, &frame->arena, field);
	if (status != OK || !verbs[asked->verb].changes)
		return status;
	return make_digest(asked, &request->login->base, &frame->arena) ? OK : bad(field, "verb");
}
