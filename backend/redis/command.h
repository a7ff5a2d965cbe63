/* command.h - one command to Redis, written in its protocol (RESP) as it is put together.
 *
 *   struct command *c = command_create("HGET");
 *   command_key(c, 7, "person:%s", id);          // {7}:person:7.42
 *   command_arg(c, TEXT("name"));
 *   link_send(link, c, …);                       // owns it from here
 *
 * Arguments are lengths and bytes, never formats filled with a peer's text. */
#ifndef GV_COMMAND_H
#define GV_COMMAND_H

#include <stdbool.h>
#include <sys/queue.h>

#include "buf.h"
#include "id.h"
#include "place.h"

struct redisReply; /* hiredis' */

/* The answer; NULL: none came in time or before the connection was lost, and whether the command was done is not
 * known. The reply lives until the function returns. */
typedef void command_done(const struct redisReply *reply, void *context);

/* Room in front of the arguments for their count, which is known last. */
#define COMMAND_HEAD 16

struct command {
	struct buf bytes; /* COMMAND_HEAD free bytes, then the arguments */
	unsigned count;   /* of them */
	command_done *done;
	void *context;
	uint64_t deadline_us; /* monotonic; 0: waits as long as it takes */
	uint64_t sent_us;
	bool once_only; /* not sent again on the next connection */
	TAILQ_ENTRY(command) in_list;
};

TAILQ_HEAD(command_list, command);

/* Never NULL: without memory the command is marked as failed and refused when sent. */
struct command *command_create(const char *name);
void command_destroy(struct command *command);

/* Keys carry their partition in front: "{7}:" and what the format gives, which must be the hub's own making. */
void command_key(struct command *command, uint8_t partition, const char *format, ...) PRINTF_LIKE(3, 4);
void command_arg(struct command *command, struct text text);
void command_arg_u64(struct command *command, uint64_t number);
void command_arg_id(struct command *command, struct id id);
void command_arg_place(struct command *command, struct place place);

/* The whole as it goes out; belongs to the command. False if memory was short on the way. */
bool command_finish(struct command *command, struct text *out) WARN_UNUSED;

#endif
