#include "log.h"

#include <stdio.h>
#include <unistd.h>

#include "clock.h"

#define LINE_MAX_BYTES 1024

static const char *const level_names[] = {"error", "warn", "info", "debug"};

/* The one setting of the process that everybody reads; set once while it starts. */
static enum log_level highest = LEVEL_INFO;

struct line {
	char bytes[LINE_MAX_BYTES];
	size_t len;
};

static void
add_char(struct line *line, char c)
{
	if (line->len < sizeof(line->bytes) - 1) /* the last is the newline's */
		line->bytes[line->len++] = c;
}

static void
add(struct line *line, const char *cstr)
{
	while (*cstr)
		add_char(line, *cstr++);
}

static bool
needs_quotes(struct text text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];
		if (c <= ' ' || c == '"' || c == '\\' || c == '=' || c == 0x7f)
			return true;
	}
	return text.len == 0;
}

static void
add_quoted(struct line *line, struct text text)
{
	add_char(line, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];
		char escaped[5];
		if (c == '"' || c == '\\')
			add_char(line, '\\');
		if (c >= ' ' && c != 0x7f) {
			add_char(line, (char)c);
			continue;
		}
		snprintf(escaped, sizeof(escaped), "\\x%02x", c);
		add(line, escaped);
	}
	add_char(line, '"');
}

static void
add_field(struct line *line, const struct log_field *field)
{
	char number[24] = "";

	add_char(line, ' ');
	add(line, field->key);
	add_char(line, '=');
	switch (field->kind) {
	case FIELD_U64:
		snprintf(number, sizeof(number), "%llu", (unsigned long long)field->u64);
		break;
	case FIELD_I64:
		snprintf(number, sizeof(number), "%lld", (long long)field->i64);
		break;
	case FIELD_TEXT:
		if (needs_quotes(field->text)) {
			add_quoted(line, field->text);
			return;
		}
		for (size_t i = 0; i < field->text.len; i++)
			add_char(line, field->text.data[i]);
		return;
	}
	add(line, number);
}

void
log_set_level(enum log_level level)
{
	highest = level;
}

bool
log_level_parse(enum log_level *out, struct text name)
{
	for (size_t i = 0; i < ARRAY_LEN(level_names); i++) {
		if (!text_equal(name, text_of(level_names[i])))
			continue;
		*out = (enum log_level)i;
		return true;
	}
	return false;
}

void
log_write(enum log_level level, const char *at, const char *event, const struct log_field *fields, size_t count)
{
	struct line line = {.len = 0};
	char time[CLOCK_TEXT];
	const struct log_field head[] = {
		KV("level", level_names[level]),
		KV("at", at),
		KV("event", event),
	};

	if (level > highest)
		return;
	add(&line, "time=");
	add(&line, clock_print(time, clock_wall_ms()));
	for (size_t i = 0; i < ARRAY_LEN(head); i++)
		add_field(&line, &head[i]);
	for (size_t i = 1; i < count; i++)
		add_field(&line, &fields[i]);
	line.bytes[line.len++] = '\n';
	/* One write a line, so that lines of two processes never mix. What cannot be logged is lost: there is nobody
	 * to tell. */
	if (write(STDERR_FILENO, line.bytes, line.len) < 0)
		return;
}
