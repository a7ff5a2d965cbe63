#include "command.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "memory.h"

/* A key is made of the hub's own words and ids. */
#define KEY_MAX 128

/* What most commands need, so that it is not made larger piece by piece. */
#define ROOM_FIRST 1000

struct command *
command_create(const char *name)
{
	struct command *command = or_die(calloc(1, sizeof(*command)));

	buf_reserve(&command->bytes, ROOM_FIRST);
	buf_add(&command->bytes, (const char[COMMAND_HEAD]){0}, COMMAND_HEAD);
	command_arg(command, text_of(name));
	return command;
}

void
command_destroy(struct command *command)
{
	buf_finish(&command->bytes);
	free(command);
}

/* "$12" and the end of its line. */
static void
add_length(struct buf *bytes, size_t len)
{
	char head[DIGITS_TEXT + 3] = "$";
	size_t at = 1 + text_digits(head + 1, len);

	head[at++] = '\r';
	head[at++] = '\n';
	buf_add(bytes, head, at);
}

void
command_arg(struct command *command, struct text text)
{
	add_length(&command->bytes, text.len);
	buf_add_text(&command->bytes, text);
	buf_add(&command->bytes, "\r\n", 2);
	command->count++;
}

/* A dozen keys are written for a sign-up, so this is no printf(): it knows %s and nothing else. */
void
command_key(struct command *command, uint8_t partition, const char *format, ...)
{
	char key[KEY_MAX] = "{";
	size_t len = 1 + text_digits(key + 1, partition);
	va_list args;

	key[len++] = '}';
	key[len++] = ':';
	va_start(args, format);
	while (*format) {
		struct text word = {format, strcspn(format, "%")};
		format += word.len;
		if (word.len == 0) {
			assert(format[1] == 's');
			format += 2;
			word = text_of(va_arg(args, const char *));
		}
		if (word.len > sizeof(key) - len) {
			command->bytes.failed = true;
			break;
		}
		memcpy(key + len, word.data, word.len);
		len += word.len;
	}
	va_end(args);
	command_arg(command, (struct text){key, len});
}

void
command_arg_u64(struct command *command, uint64_t number)
{
	char text[DIGITS_TEXT];
	size_t len = text_digits(text, number);

	command_arg(command, (struct text){text, len});
}

void
command_arg_id(struct command *command, struct id id)
{
	char text[ID_TEXT];

	command_arg(command, text_of(id_print(text, id)));
}

void
command_arg_place(struct command *command, struct place place)
{
	char text[PLACE_TEXT];

	command_arg(command, text_of(place_print(text, place)));
}

bool
command_finish(struct command *command, struct text *out)
{
	char head[COMMAND_HEAD];
	size_t len = (size_t)snprintf(head, sizeof(head), "*%u\r\n", command->count);
	char *start;

	if (command->bytes.failed)
		return false;
	start = (char *)command->bytes.bytes + COMMAND_HEAD - len;
	memcpy(start, head, len);
	*out = (struct text){start, command->bytes.len - COMMAND_HEAD + len};
	return true;
}
