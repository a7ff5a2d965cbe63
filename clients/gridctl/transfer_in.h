/* transfer_in.h - a file of transfer.h read and checked, line by line: by the rules that the hub has for what people ask,
 * and each chain by the recount that an audit does. */
#ifndef GV_TRANSFER_IN_H
#define GV_TRANSFER_IN_H

#include <stdbool.h>

#include "event.h"
#include "requests.h"

/* Ids are those of the system it was made in. */
struct person_in {
	struct id person;
	struct text identity;
	struct place place; /* none: not registered */
	struct text name;
	struct text organisation;
	enum member_kind kind;
	struct place work; /* none: not said */
};

struct call_in {
	struct id id;
	struct text origin;
	enum call_state state;
	struct id author;
	uint64_t posted_ms;
	struct text reason;
	struct text thanks;
	const struct call_post *post; /* all else, as if it were posted */
};

/* What is done with the records, each a good one; false ends the reading. Everything lives until the function returns. */
struct transfer_sink {
	bool (*place)(struct place place, struct text name, void *context);
	bool (*person)(const struct person_in *person, void *context);
	bool (*call)(const struct call_in *call, void *context);
	bool (*line)(const struct line_change *line, void *context); /* with its texts */
	bool (*call_end)(uint32_t lines, void *context);
};

enum transfer_end { TRANSFER_WHOLE, TRANSFER_BAD, TRANSFER_STOPPED };

/* Reads it to the end. BAD, after a line on standard error that names the line and the field: it is no such file, or has a
 * flaw. `sink` NULL: it is only checked. */
enum transfer_end transfer_read(const char *path, const struct transfer_sink *sink, void *context);

#endif
