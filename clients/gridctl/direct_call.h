/* direct_call.h - functions called on the data itself, without a hub (import, operator create).
 *
 *   struct command *command = direct_call_begin("import_end", 5);
 *   command_key(command, …);
 *   command_arg(command, …);
 *   reply = direct_call_end(&redis, command, NULL, trouble);
 *
 * What goes wrong is said in `trouble`: by the connection, or the words of a refusal. */
#ifndef GV_DIRECT_CALL_H
#define GV_DIRECT_CALL_H

#include "direct.h"
#include "id.h"

#define DIRECT_TROUBLE 192

struct command *direct_call_begin(const char *function, unsigned keys);

/* Asks, and gives the answer, to be freed, if its first word is OK or that other one (NULL: there is none); NULL, with
 * `trouble`, if not. */
redisReply *direct_call_end(
	struct direct *direct, struct command *command, const char *or_else, char trouble[DIRECT_TROUBLE]) WARN_UNUSED;

/* A number for a new record of a partition; 0, with `trouble`: none. */
uint64_t direct_call_number(struct direct *direct, uint8_t partition, char trouble[DIRECT_TROUBLE]) WARN_UNUSED;

/* Whoever has that identity; he is made if there is none yet. False with `trouble`. */
bool direct_call_claim(
	struct direct *direct, struct text identity, struct id *out, char trouble[DIRECT_TROUBLE]) WARN_UNUSED;

/* An entry in the audit log of that partition by who has the data folder, who is nobody there; `on` and `detail` as
 * functions/audit.lua has them. False with the trouble. */
bool direct_call_audit(struct direct *direct, uint8_t partition, const char *what, const char *on, const char *detail,
	char trouble[DIRECT_TROUBLE]) WARN_UNUSED;

/* The same in partition 0, over a connection of its own, when that was done; where it cannot be written a line on standard
 * error says so. */
void direct_note(struct tool *tool, const char *what, const char *on);

#endif
