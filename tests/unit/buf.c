/* buf.c - bytes that grow. */
#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "unit.h"

static void
bytes_stand_in_the_order_they_were_added(void **state)
{
	struct buf buf = {0};

	(void)state;
	buf_add(&buf, "a\0b", 3);
	buf_add_text(&buf, TEXT("接龙"));
	buf_printf(&buf, " %d of %s", 28, "28");
	buf_add(&buf, NULL, 0);
	assert_false(buf.failed);
	assert_true(text_equal(buf_text(&buf), TEXT("a\0b接龙 28 of 28")));
	buf_finish(&buf);
	assert_int_equal(buf.len, 0);
}

/* Every length around the sizes at which it may grow, by both ways in. */
static void
growing_loses_nothing(void **state)
{
	struct buf buf = {0};
	size_t expected = 0;

	(void)state;
	for (int len = 0; len < 600; len++) {
		char part[640];
		memset(part, 'a' + len % 26, (size_t)len);
		part[len] = '\0';
		if (len % 2)
			buf_printf(&buf, "%s", part);
		else
			buf_add(&buf, part, (size_t)len);
		expected += (size_t)len;
		assert_int_equal(buf.len, expected);
	}
	assert_false(buf.failed);
	for (size_t len = 0, at = 0; len < 600; at += len, len++)
		for (size_t i = 0; i < len; i++)
			assert_int_equal(buf.bytes[at + i], 'a' + len % 26);
	buf_finish(&buf);
}

static void
taken_bytes_end_in_a_nul_that_does_not_count(void **state)
{
	struct buf buf = {0};
	size_t len = 99;
	char *taken;

	(void)state;
	for (size_t size = 0; size < 1100; size++) {
		for (size_t i = 0; i < size; i++)
			buf_add(&buf, "x", 1);
		taken = buf_take(&buf, &len);
		assert_non_null(taken);
		assert_int_equal(len, size);
		assert_int_equal(strlen(taken), size);
		free(taken);
		assert_int_equal(buf.len, 0);
		assert_null(buf.bytes);
	}
}

static void
buffer_can_be_used_again_after_it_was_taken(void **state)
{
	struct buf buf = {0};
	size_t len;

	(void)state;
	buf_printf(&buf, "first");
	free(buf_take(&buf, &len));
	buf_printf(&buf, "second");
	assert_text(buf_text(&buf), "second");
	buf_finish(&buf);
}

/* What did not fit is found out by one look at the end. */
static void
without_memory_it_fails_and_stays_failed(void **state)
{
	struct buf buf = {0};
	char large[4096] = "";
	size_t len;

	(void)state;
	buf_printf(&buf, "before");
	memory_runs_out_after(0);
	buf_add(&buf, large, sizeof(large));
	memory_is_back();
	assert_true(buf.failed);
	assert_text(buf_text(&buf), "before");
	buf_printf(&buf, "after");
	buf_add(&buf, "after", 5);
	assert_text(buf_text(&buf), "before");
	assert_null(buf_take(&buf, &len));
	buf_finish(&buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_stand_in_the_order_they_were_added),
		cmocka_unit_test(growing_loses_nothing),
		cmocka_unit_test(taken_bytes_end_in_a_nul_that_does_not_count),
		cmocka_unit_test(buffer_can_be_used_again_after_it_was_taken),
		cmocka_unit_test(without_memory_it_fails_and_stays_failed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
