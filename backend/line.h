/* line.h - a line between two hubs on one machine: a Unix socket over which go whole messages, and descriptors with them.
 *
 * What one end has said stands in the other's queue when line_say() returns, whatever becomes of the one that said it. */
#ifndef GV_LINE_H
#define GV_LINE_H

#include <stdbool.h>
#include <uv.h>

#include "macros.h"

#define LINE_MESSAGE_MAX     128
#define LINE_DESCRIPTORS_MAX 2

/* Descriptors that go with a message; -1: none. */
struct line_goods {
	int descriptors[LINE_DESCRIPTORS_MAX];
};

struct line_message {
	char text[LINE_MESSAGE_MAX];
	struct line_goods goods; /* closed when the message has been heard, unless they are taken out */
};

struct line;

/* Takes the socket, of type SOCK_SEQPACKET, also when it fails: NULL when memory is out. `heard` is called with each
 * message, and with NULL when the other end is gone; `late` when patience ends. Both may close the line. */
struct line *line_open(uv_loop_t *loop, int socket, void (*heard)(struct line_message *message, void *context),
	void (*late)(void *context), void *context) WARN_UNUSED;

/* Hangs up at once; what was said before is still heard. NULL is no line. Frees itself from the loop. */
void line_close(struct line *line);

/* Patience ends after so many milliseconds from now, and, with `again`, each time after as many more; 0: never. */
void line_patience(struct line *line, uint64_t ms, bool again);

/* The message is both texts, one behind the other. False if it cannot be heard any more. `goods` may be NULL; they remain
 * the caller's. */
bool line_say(struct line *line, const char *text, const char *more, const struct line_goods *goods);

/* Nothing that is said from now on is heard here, and whoever says it knows. What is in the queue remains there. */
void line_close_ear(struct line *line);

/* The next message in the queue, which is the caller's, with its goods. False if there is none. */
bool line_take_message(struct line *line, struct line_message *message) WARN_UNUSED;

/* Nobody listens to the other end any more. */
void line_deaf(struct line *line);

/* The other process has ended or hung up, whatever of its words is still unheard. */
bool line_is_dead(const struct line *line);

/* Says one thing over a socket that is not worth a line, and closes it. */
void line_dismiss(int socket, const char *text);

void line_drop_goods(struct line_goods *goods);

#endif
