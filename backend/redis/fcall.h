/* fcall.h - one call of a function in Redis, and its answer.
 *
 *   struct fcall f = fcall_write(store, "chain_join", call.partition, 5, &stamp);
 *   fcall_key(&f, "call:%s", id); …                 // as many as said, after those every writing function has
 *   fcall_arg(&f, …); …                             // after the stamp
 *   if (!fcall_send(&f, joined, request)) …         // too much is waiting already
 *
 * What a function takes and answers stands in front of it in functions/. */
#ifndef GV_FCALL_H
#define GV_FCALL_H

#include "command.h"
#include "status.h"
#include "uuid.h"

struct store;

/* Who asks, and the name under which the answer is remembered. */
struct stamp {
	struct id person;
	struct uuid once;
	const uint8_t *digest; /* 16 bytes */
};

struct fcall {
	struct store *store;
	struct command *command;
	const struct stamp *stamp;
	uint8_t partition;
	unsigned keys_due;
};

/* How a call ended. UNAVAILABLE: nothing is known; `field` may name what is in the way ("disk", "memory"). INTERNAL:
 * the function failed, which is in the log. Lives until the function it is passed to returns. */
struct reply {
	enum status status;
	const char *field;          /* what a refusal is about; "" with OK */
	const struct text *results; /* behind the event, or the details behind a refusal's field */
	size_t count;
};

typedef void fcall_done(const struct reply *reply, void *context);

/* A function that reads, with this many keys. */
struct fcall fcall_read(struct store *store, const char *function, uint8_t partition, unsigned keys);

/* A function that claims or counts something without a `once`, as `data_id` does. */
struct fcall fcall_bare(struct store *store, const char *function, uint8_t partition, unsigned keys);

/* A function that writes: `keys` besides meta, log and once. The stamp must last until fcall_send(). */
struct fcall fcall_write(
	struct store *store, const char *function, uint8_t partition, unsigned keys, const struct stamp *stamp);

/* "{partition}:" stands in front of what the format gives. */
#define fcall_key(f, ...) (command_key((f)->command, (f)->partition, __VA_ARGS__), fcall_key_done(f))
void fcall_key_done(struct fcall *f);

static inline void
fcall_arg(struct fcall *f, struct text text)
{
	command_arg(f->command, text);
}

static inline void
fcall_arg_u64(struct fcall *f, uint64_t number)
{
	command_arg_u64(f->command, number);
}

static inline void
fcall_arg_id(struct fcall *f, struct id id)
{
	command_arg_id(f->command, id);
}

static inline void
fcall_arg_place(struct fcall *f, struct place place)
{
	command_arg_place(f->command, place);
}

/* Sends it. False: too many commands wait already; nothing is called then. `done` is called when the view has what was
 * written, now or the first time under this `once`, so that the next request finds it; where the view does not get that
 * far in the time that a request waits for Redis, with UNAVAILABLE. */
bool fcall_send(struct fcall *f, fcall_done *done, void *context) WARN_UNUSED;

/* A result by its place, from 0; empty and 0 where there is none. */
struct text reply_text(const struct reply *reply, size_t index);
uint64_t reply_u64(const struct reply *reply, size_t index);

#endif
