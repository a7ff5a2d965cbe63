#include "golden_requests.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "buf.h"
#include "text.h"

static char *
read_file(void)
{
	struct buf text = {0};
	FILE *in = fopen(GOLDEN_FILE, "re");
	char part[4096];
	size_t got;

	assert_non_null(in);
	while ((got = fread(part, 1, sizeof(part), in)) > 0)
		buf_add(&text, part, got);
	fclose(in);
	return buf_take(&text, &got);
}

/* "[request_…]", then the bytes of its frame in lines of "= " and hexadecimal digits. */
static void
read_frame(struct text record, struct buf *bytes)
{
	text_cut(&record, '\n');
	while (record.len > 1 && record.data[0] == '=') {
		struct text line = text_cut(&record, '\n');
		for (size_t i = 2; i + 1 < line.len; i += 2) {
			char digits[3] = {line.data[i], line.data[i + 1], '\0'};
			uint8_t byte = (uint8_t)strtoul(digits, NULL, 16);
			buf_add(bytes, &byte, 1);
		}
	}
}

static void
visit_frame(struct text record, void (*visit)(Request *request))
{
	struct buf bytes = {0};
	Frame *frame;

	read_frame(record, &bytes);
	frame = gridvanguard__v1__frame__unpack(NULL, bytes.len, bytes.bytes);
	assert_non_null(frame);
	for (size_t i = 0; i < frame->n_requests; i++)
		if (frame->requests[i]->verb_case)
			visit(frame->requests[i]);
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	buf_finish(&bytes);
}

void
golden_requests(void (*visit)(Request *request))
{
	char *golden = read_file();

	for (const char *at = golden; (at = strstr(at, "\n[request_")); at++)
		visit_frame(text_of(at + 1), visit);
	free(golden);
}
