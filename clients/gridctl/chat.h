/* chat.h - a chain pasted from WeChat, and what the hub says would be done with it. */
#ifndef GV_CHAT_H
#define GV_CHAT_H

#include "buf.h"
#include "tool.h"

typedef Gridvanguard__V1__PasteEntry PasteEntry;
typedef Gridvanguard__V1__ChatPreviewResult ChatPreviewResult;

#define PASTE_ACTION(NAME) GRIDVANGUARD__V1__PASTE_ACTION__PASTE_ACTION_##NAME

struct paste {
	struct buf text;  /* ended by NUL */
	const char *call; /* "" until the hub has found it by its code */
	uint32_t slot;
	PasteEntry **entries;
	size_t count, room;
	uint32_t copies;
};

/* How many entries there are with which this is to be done. */
size_t paste_count(const struct paste *paste, Gridvanguard__V1__PasteAction action);

/* What is said of the text as a whole, and then entry by entry and in sum. */
void print_paste_head(const ChatPreviewResult *page);
void print_paste(const struct paste *paste);

#endif
