/* log.c - one line an event, key=value, whatever a peer sent. */
#include <stdio.h>
#include <stdlib.h>

#include "log.h"
#include "unit.h"

#define LINE_LONGEST 1024

static void
write_value(void *context)
{
	const struct text *value = context;

	log_info("session", "closed", KT("reason", *value), KU("queued", 262144));
}

/* What stands behind "event=closed", and that the line is one line in one write. */
static char *
line_with(struct text value)
{
	size_t writes;
	char *said = stderr_of(write_value, &value, &writes), *newline = strchr(said, '\n'), *tail;

	assert_int_equal(writes, 1);
	assert_non_null(newline);
	assert_int_equal(newline[1], '\0');
	*newline = '\0';
	tail = strstr(said, " level=info at=session event=closed");
	assert_non_null(tail);
	memmove(said, tail + strlen(" level=info at=session event=closed"),
		strlen(tail + strlen(" level=info at=session event=closed")) + 1);
	return said;
}

#define assert_value(value, expected)                                             \
	do {                                                                      \
		char *line_ = line_with(value);                                   \
		assert_string_equal(line_, " reason=" expected " queued=262144"); \
		free(line_);                                                      \
	} while (0)

static void
write_all_kinds(void *context)
{
	(void)context;
	log_warn("hub", "tried", KV("none", NULL), KV("word", "slow"), KU("most", UINT64_MAX), KI("least", INT64_MIN),
		KU("zero", 0), KI("minus", -1));
}

static void
line_has_time_level_place_event_and_fields_in_order(void **state)
{
	char *said = stderr_of(write_all_kinds, NULL, NULL);
	int read = 0, numbers[7];

	(void)state;
	assert_int_equal(sscanf(said, "time=%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &numbers[0], &numbers[1], &numbers[2],
				 &numbers[3], &numbers[4], &numbers[5], &numbers[6], &read),
		7);
	assert_int_equal(read, 29);
	assert_string_equal(said + read, " level=warn at=hub event=tried none=\"\" word=slow most=18446744073709551615 "
					 "least=-9223372036854775808 zero=0 minus=-1\n");
	free(said);
}

static void
plain_value_stands_as_it_is(void **state)
{
	(void)state;
	assert_value(TEXT("slow"), "slow");
	assert_value(TEXT("7.4242"), "7.4242");
	assert_value(TEXT("[::1]:7412"), "[::1]:7412");
	assert_value(TEXT("西吴社区"), "西吴社区");
}

static void
value_that_could_be_misread_is_quoted(void **state)
{
	(void)state;
	assert_value(TEXT(""), "\"\"");
	assert_value(TEXT("too slow"), "\"too slow\"");
	assert_value(TEXT("a=b"), "\"a=b\"");
	assert_value(TEXT("say \"hi\""), "\"say \\\"hi\\\"\"");
	assert_value(TEXT("\""), "\"\\\"\"");
	assert_value(TEXT("C:\\"), "\"C:\\\\\"");
	assert_value(TEXT("slow\nlevel=error at=hub"), "\"slow\\x0alevel=error at=hub\"");
	assert_value(TEXT("\r\n\t\x1b[2J\x7f"), "\"\\x0d\\x0a\\x09\\x1b[2J\\x7f\"");
	assert_value(TEXT("a\0b"), "\"a\\x00b\"");
}

/* Takes the quoting away again; false if it is not well-formed. */
static bool
unquote(const char *line, uint8_t *out, size_t *len)
{
	const char *at = line + strlen(" reason=");
	bool quoted = *at == '"';
	unsigned value;

	*len = 0;
	for (at += quoted; *at && *at != (quoted ? '"' : ' '); at++) {
		if (*at != '\\') {
			out[(*len)++] = (uint8_t)*at;
			continue;
		}
		at++;
		if (*at == 'x' && sscanf(at + 1, "%2x", &value) == 1) {
			out[(*len)++] = (uint8_t)value;
			at += 2;
		} else {
			out[(*len)++] = (uint8_t)*at;
		}
	}
	return strcmp(at + quoted, " queued=262144") == 0;
}

/* Any bytes at all: one line without control characters, from which the value can be told. */
static void
any_value_stays_in_its_line_and_reads_back(void **state)
{
	struct rng rng = seeded("log");

	(void)state;
	for (int round = 0; round < 500; round++) {
		uint8_t bytes[64], back[1024];
		size_t len = rng_below(&rng, sizeof(bytes)), back_len;
		char *line;
		for (size_t i = 0; i < len; i++)
			bytes[i] = (uint8_t)rng_next(&rng);
		if (round < 256) {
			bytes[0] = (uint8_t)round;
			len = 1;
		}
		line = line_with((struct text){(const char *)bytes, len});
		for (const char *at = line; *at; at++)
			assert_true((unsigned char)*at >= ' ' && *at != 0x7f);
		assert_true(unquote(line, back, &back_len));
		assert_int_equal(back_len, len);
		assert_memory_equal(back, bytes, len);
		free(line);
	}
}

/* At every length around the bound, with values that grow by being quoted and others. */
static void
line_is_cut_at_one_kilobyte(void **state)
{
	char long_value[3000];
	size_t longest = 0;

	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		memset(long_value, kind ? '\n' : 'a', sizeof(long_value));
		for (size_t len = 200; len < 1100; len++) {
			struct text value = {long_value, len};
			char *said = stderr_of(write_value, &value, NULL);
			size_t said_len = strlen(said);
			assert_true(said_len <= LINE_LONGEST);
			assert_ptr_equal(strchr(said, '\n'), said + said_len - 1);
			longest = MAX(longest, said_len);
			free(said);
		}
	}
	assert_int_equal(longest, LINE_LONGEST);
}

static void
write_one_of_each_level(void *context)
{
	(void)context;
	log_error("unit", "said");
	log_warn("unit", "said");
	log_info("unit", "said");
	log_debug("unit", "said");
}

static void
levels_above_the_set_one_are_silent(void **state)
{
	static const char *const names[] = {"error", "warn", "info", "debug"};

	(void)state;
	for (size_t set = 0; set < ARRAY_LEN(names); set++) {
		enum log_level level = LEVEL_INFO;
		char *said;
		assert_true(log_level_parse(&level, text_of(names[set])));
		log_set_level(level);
		said = stderr_of(write_one_of_each_level, NULL, NULL);
		for (size_t i = 0; i < ARRAY_LEN(names); i++) {
			char expected[32];
			snprintf(expected, sizeof(expected), " level=%s ", names[i]);
			assert_int_equal(strstr(said, expected) != NULL, i <= set);
		}
		free(said);
	}
	log_set_level(LEVEL_INFO);
}

/* First of all tests, before any level is set. */
static void
at_first_info_is_written_and_debug_is_not(void **state)
{
	char *said = stderr_of(write_one_of_each_level, NULL, NULL);

	(void)state;
	assert_non_null(strstr(said, "level=info"));
	assert_null(strstr(said, "level=debug"));
	free(said);
}

static void
unknown_level_is_refused(void **state)
{
	static const char *const bad[] = {"", "INFO", "Info", "infos", "inf", "warning", "trace", "2", " info"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		enum log_level level = LEVEL_WARN;
		assert_false(log_level_parse(&level, text_of(bad[i])));
		assert_int_equal(level, LEVEL_WARN);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_first_info_is_written_and_debug_is_not),
		cmocka_unit_test(line_has_time_level_place_event_and_fields_in_order),
		cmocka_unit_test(plain_value_stands_as_it_is),
		cmocka_unit_test(value_that_could_be_misread_is_quoted),
		cmocka_unit_test(any_value_stays_in_its_line_and_reads_back),
		cmocka_unit_test(line_is_cut_at_one_kilobyte),
		cmocka_unit_test(levels_above_the_set_one_are_silent),
		cmocka_unit_test(unknown_level_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
