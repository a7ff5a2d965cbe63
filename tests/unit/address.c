/* address.c - where a Redis is, as an operator writes it. */
#include <stdlib.h>

#include "address.h"
#include "unit.h"

static void
address_is_read(void **state)
{
	static const struct {
		const char *url;
		struct redis_address address;
	} good[] = {
		{"redis://127.0.0.1", {.host = "127.0.0.1", .port = 6379}},
		{"redis://127.0.0.1/", {.host = "127.0.0.1", .port = 6379}},
		{"redis://127.0.0.1:7000", {.host = "127.0.0.1", .port = 7000}},
		{"redis://127.0.0.1:65535/15", {.host = "127.0.0.1", .port = 65535, .database = 15}},
		{"redis://redis.example.org/0", {.host = "redis.example.org", .port = 6379}},
		{"redis://[::1]", {.host = "::1", .port = 6379}},
		{"redis://[2001:db8::1]:7000/3", {.host = "2001:db8::1", .port = 7000, .database = 3}},
		{"redis://:secret@host", {.host = "host", .port = 6379, .password = "secret"}},
		{"redis://hub:secret@host:7000/3",
			{.host = "host", .port = 7000, .user = "hub", .password = "secret", .database = 3}},
		{"redis://hub@host", {.host = "host", .port = 6379, .user = "hub"}},
		{"redis://hub:se%3Acr%40et%2F%25@host",
			{.host = "host", .port = 6379, .user = "hub", .password = "se:cr@et/%"}},
		{"redis://h%75b:%e6%8e%a5%E9%BE%99@host",
			{.host = "host", .port = 6379, .user = "hub", .password = "接龙"}},
		{"redis://:se@cr:et/x@host",
			{.host = "host", .port = 6379, .password = "se@cr:et/x"}}, /* not escaped */
		{"redis://hub:secret@[::1]:7000", {.host = "::1", .port = 7000, .user = "hub", .password = "secret"}},
		{"unix:/run/redis.sock", {.path = "/run/redis.sock"}},
		{"unix:/run/redis.sock?db=3", {.path = "/run/redis.sock", .database = 3}},
		{"unix:/run/re@dis:0/redis.sock", {.path = "/run/re@dis:0/redis.sock"}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		const struct redis_address *expected = &good[i].address;
		struct redis_address address;
		const char *why = NULL;
		if (!redis_address_parse(&address, text_of(good[i].url), &why))
			fail_msg("'%s' was refused: %s", good[i].url, why);
		assert_string_equal(address.path, expected->path);
		assert_string_equal(address.host, expected->host);
		assert_string_equal(address.user, expected->user);
		assert_string_equal(address.password, expected->password);
		assert_int_equal(address.port, expected->port);
		assert_int_equal(address.database, expected->database);
	}
}

static void
refuse(const char *url, size_t len, const char *about)
{
	struct redis_address address = {.host = "untouched", .port = 42};
	const char *why = NULL;

	if (redis_address_parse(&address, (struct text){url, len}, &why))
		fail_msg("'%s' was read as an address of %s%s", url, address.host, address.path);
	assert_string_equal(address.host, "untouched");
	assert_int_equal(address.port, 42);
	assert_non_null(why);
	if (!strstr(why, about))
		fail_msg("'%s' was refused for the wrong reason: %s", url, why);
}

static void
what_is_no_address_is_refused_with_the_reason(void **state)
{
	static const struct {
		const char *url;
		const char *about; /* in the reason */
	} bad[] = {
		{"", "start with"},
		{"redis", "start with"},
		{"redis:", "start with"},
		{"redis:/host", "start with"},
		{"rediss://host", "start with"},
		{"REDIS://host", "start with"},
		{" redis://host", "start with"},
		{"http://host", "start with"},
		{"127.0.0.1:6379", "start with"},
		{"/run/redis.sock", "start with"},
		{"redis://", "host"},
		{"redis:///3", "host"},
		{"redis://:6379", "host"},
		{"redis://hub:secret@", "host"},
		{"redis://host:0", "port"},
		{"redis://host:65536", "port"},
		{"redis://host:06379", "port"},
		{"redis://host:-1", "port"},
		{"redis://host:port", "port"},
		{"redis://host:6379:6379", "port"},
		{"redis://2001:db8::1", "port"},
		{"redis://[]", "host"},
		{"redis://[::1]6379", "port"},
		{"redis://[::1", "host"},
		{"redis://host/x", "database"},
		{"redis://host/-1", "database"},
		{"redis://host/03", "database"},
		{"redis://host/3/", "database"},
		{"redis://host/10001", "database"},
		{"redis://host/18446744073709551617", "database"},
		{"redis://h%ub:secret@host", "%XX"},
		{"redis://hub:secret%@host", "%XX"},
		{"redis://hub:secret%4@host", "%XX"},
		{"redis://hub:secret%4g@host", "%XX"},
		{"redis://hub:secret%00@host", "%XX"},
		{"unix:", "path"},
		{"unix:?db=3", "path"},
		{"unix:/run/redis.sock?3", "db="},
		{"unix:/run/redis.sock?db=", "db="},
		{"unix:/run/redis.sock?db=x", "db="},
		{"unix:/run/redis.sock?db=-1", "db="},
		{"unix:/run/redis.sock?db=3&x=1", "db="},
		{"unix:/run/redis.sock?DB=3", "db="},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refuse(bad[i].url, strlen(bad[i].url), bad[i].about);
	refuse("redis://ho\0st", 13, "host");
	refuse("unix:/ru\0n", 10, "path");
	refuse("redis://hub:se\0cret@host", 24, "%XX");
}

/* At the length that just fits and one more, of each part. */
static void
parts_that_are_too_long_are_refused(void **state)
{
	static const struct {
		const char *before;
		const char *after;
		size_t most;
		const char *about;
	} parts[] = {
		{"unix:/", "", 106, "path"},
		{"unix:/", "?db=3", 106, "path"},
		{"redis://", ":6379/3", 255, "host"},
		{"redis://[", "]:6379", 255, "host"},
		{"redis://", ":secret@host", 63, "too long"},
		{"redis://hub:", "@host", 255, "too long"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		for (size_t len = parts[i].most - 2; len <= parts[i].most + 2; len++) {
			char url[512] = "";
			struct redis_address address;
			const char *why;
			strcat(url, parts[i].before);
			memset(url + strlen(url), 'a', len);
			strcat(url, parts[i].after);
			if (len > parts[i].most)
				refuse(url, strlen(url), parts[i].about);
			else
				assert_true(redis_address_parse(&address, text_of(url), &why));
		}
	}
}

/* Any bytes behind a good beginning: read or refused, never read beyond; the text lies alone on the heap. */
static void
any_bytes_are_read_or_refused(void **state)
{
	static const char *const beginnings[] = {"redis://", "unix:", "redis://:", "redis://[", ""};
	static const char letters[] = "@:/[]%?=.0123456789abcdefdb\0 \xff";
	struct rng rng = seeded("address");
	unsigned good = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		const char *beginning = beginnings[rng_below(&rng, ARRAY_LEN(beginnings))];
		size_t len = strlen(beginning) + rng_below(&rng, 24);
		char *url = malloc(len ? len : 1);
		struct redis_address address;
		const char *why;
		memcpy(url, beginning, strlen(beginning));
		for (size_t i = strlen(beginning); i < len; i++)
			url[i] = letters[rng_below(&rng, sizeof(letters) - 1)];
		if (redis_address_parse(&address, (struct text){url, len}, &why)) {
			assert_true((address.path[0] != '\0') != (address.host[0] != '\0'));
			assert_true(address.path[0] || address.port > 0);
			good++;
		}
		free(url);
	}
	assert_true(good > 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_is_read),
		cmocka_unit_test(what_is_no_address_is_refused_with_the_reason),
		cmocka_unit_test(parts_that_are_too_long_are_refused),
		cmocka_unit_test(any_bytes_are_read_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
