#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "memory.h"

/* A key is made of the hub's own words and ids. */
#define KEY_MAX 128

struct command *
command_create(const char *name)
{
	struct command *command = or_die(calloc(1, sizeof(*command)));

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

void
command_arg(struct command *command, struct text text)
{
	char head[24];
	int len = snprintf(head, sizeof(head), "$%zu\r\n", text.len);

	buf_add(&command->bytes, head, (size_t)len);
	buf_add_text(&command->bytes, text);
	buf_add(&command->bytes, "\r\n", 2);
	command->count++;
}

void
command_key(struct command *command, uint8_t partition, const char *format, ...)
{
	char key[KEY_MAX];
	int len = snprintf(key, sizeof(key), "{%u}:", partition);
	va_list args;

	va_start(args, format);
	len += vsnprintf(key + len, sizeof(key) - (size_t)len, format, args);
	va_end(args);
	command_arg(command, (struct text){key, (size_t)len});
}

void
command_arg_u64(struct command *command, uint64_t number)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%llu", (unsigned long long)number);

	command_arg(command, (struct text){text, (size_t)len});
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
