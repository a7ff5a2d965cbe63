#include "secrecy.h"

#include <ctype.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "macros.h"

#define TOKEN_SECRET_LEN 43 /* 256 bits in base64 without padding */
#define PHONE_LEN        11
#define KEY_DIGITS       64
#define REMEMBERED_MAX   64
#define REMEMBERED_BYTES 96

static struct {
	size_t len;
	uint8_t bytes[REMEMBERED_BYTES];
} remembered[REMEMBERED_MAX];
static unsigned remembered_count;

void
secrecy_remember(const void *bytes, size_t len)
{
	unsigned at = remembered_count++ % REMEMBERED_MAX;

	remembered[at].len = MIN(len, sizeof(remembered[at].bytes));
	memcpy(remembered[at].bytes, bytes, remembered[at].len);
}

/* Shapes. Each says whether one begins at `at`. */

static bool
is_secret_char(uint8_t c)
{
	return isalnum(c) || c == '-' || c == '_';
}

static size_t
run_of(const uint8_t *bytes, size_t len, size_t at, int (*is)(int))
{
	size_t end = at;

	while (end < len && is(bytes[end]))
		end++;
	return end - at;
}

/* From the dot in front of its secret: "7.42.1." stands before it. */
static bool
is_token(const uint8_t *bytes, size_t len, size_t at)
{
	size_t secret = 0, dots = 0, before = at;

	if (bytes[at] != '.')
		return false;
	while (at + 1 + secret < len && is_secret_char(bytes[at + 1 + secret]))
		secret++;
	while (before > 0 && (isdigit(bytes[before - 1]) || bytes[before - 1] == '.'))
		dots += bytes[--before] == '.';
	return secret == TOKEN_SECRET_LEN && dots >= 2;
}

/* A mobile number of the mainland, also behind 86: a word of its own, for a hash has eleven digits in a row now and then. */
static bool
is_phone(const uint8_t *bytes, size_t len, size_t at)
{
	size_t digits = run_of(bytes, len, at, isdigit), skip = digits == PHONE_LEN + 2 ? 2 : 0;

	if (digits != PHONE_LEN + skip || (skip && memcmp(bytes + at, "86", 2) != 0))
		return false;
	if (at + digits < len && is_secret_char(bytes[at + digits]))
		return false;
	return bytes[at + skip] == '1' && bytes[at + skip + 1] >= '3';
}

static bool
begins_run(const uint8_t *bytes, size_t at, int (*is)(int))
{
	return is(bytes[at]) && (at == 0 || !is(bytes[at - 1]));
}

/* Of a log: how much is free on a disk, in bytes, may have eleven digits too, and the hash of the functions has 64. */
static bool
is_behind(const uint8_t *bytes, size_t at, const char *word)
{
	size_t len = strlen(word);

	return at >= len && memcmp(bytes + at - len, word, len) == 0;
}

static const char *
shape_at(enum secrecy kind, const uint8_t *bytes, size_t len, size_t at)
{
	if (is_token(bytes, len, at))
		return "a token";
	if (begins_run(bytes, at, isalnum) && is_phone(bytes, len, at) && !is_behind(bytes, at, "free="))
		return "a mobile number";
	if (kind == SECRECY_DATA)
		return NULL;
	if (begins_run(bytes, at, isxdigit) && run_of(bytes, len, at, isxdigit) >= KEY_DIGITS &&
		!is_behind(bytes, at, "library_loaded hash="))
		return "a key";
	return kind == SECRECY_LOG && bytes[at] >= 0x80 ? "a text" : NULL;
}

const char *
secrecy_find(enum secrecy kind, const void *data, size_t len, size_t *at)
{
	const uint8_t *bytes = data, *found;
	const char *what;

	for (*at = 0; *at < len; ++*at)
		if ((bytes[*at] == '.' || isxdigit(bytes[*at]) || bytes[*at] >= 0x80) &&
			(what = shape_at(kind, bytes, len, *at)))
			return what;
	for (unsigned i = 0; kind == SECRECY_DATA && i < MIN(remembered_count, REMEMBERED_MAX); i++) {
		found = memmem(bytes, len, remembered[i].bytes, remembered[i].len);
		if (found) {
			*at = (size_t)(found - bytes);
			return "a secret that was handed out";
		}
	}
	return NULL;
}

static bool
read_whole(const char *path, struct buf *out)
{
	char bytes[65536];
	FILE *file = fopen(path, "re");
	size_t got;

	if (!file)
		return false;
	while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buf_add(out, bytes, got);
	fclose(file);
	return true;
}

const char *
secrecy_find_in_file(enum secrecy kind, const char *path, size_t *at)
{
	struct buf all = {0};
	const char *what = NULL;

	if (read_whole(path, &all) && all.len > 0)
		what = secrecy_find(kind, all.bytes, all.len, at);
	buf_finish(&all);
	return what;
}

/* Folders. */

static char finding[512]; /* the first of the folder that is being left */

static bool
ends_with(const char *path, const char *end)
{
	size_t len = strlen(path), end_len = strlen(end);

	return len >= end_len && strcmp(path + len - end_len, end) == 0;
}

/* Under its path with - for /, from the folder of the worlds on. */
static void
keep_log(const char *path)
{
	const char *logs = getenv("TEST_LOGS"), *root = getenv("TEST_FOLDER");
	size_t skip = root && strncmp(path, root, strlen(root)) == 0 ? strlen(root) + 1 : 0;
	char kept[512];
	int len;

	if (!logs)
		return;
	len = snprintf(kept, sizeof(kept), "%s/%s", logs, path + skip);
	for (char *at = kept + strlen(logs) + 1; at < kept + MIN((size_t)len, sizeof(kept) - 1); at++)
		*at = *at == '/' ? '-' : *at;
	if (rename(path, kept) != 0)
		fprintf(stderr, "%s: cannot be kept as %s\n", path, kept);
}

static int
look_at_one(const char *path, const struct stat *info, int kind, struct FTW *ftw)
{
	const char *what;
	size_t at;

	(void)info;
	(void)ftw;
	if (kind != FTW_F)
		return 0;
	if (ends_with(path, ".log"))
		keep_log(path);
	if (!ends_with(path, ".aof") && !ends_with(path, ".rdb"))
		return 0;
	what = secrecy_find_in_file(SECRECY_DATA, path, &at);
	if (what && !finding[0])
		snprintf(finding, sizeof(finding), "%s: %s, at %zu", path, what, at);
	return 0;
}

/* The key as it stands in its file, and as the bytes it means. */
static void
remember_key(const char *folder)
{
	char path[512];
	struct buf key = {0};
	uint8_t bytes[KEY_DIGITS / 2];
	size_t count = 0;

	snprintf(path, sizeof(path), "%s/phones.key", folder);
	if (read_whole(path, &key) && key.len >= KEY_DIGITS) {
		buf_add(&key, "", 1);
		while (count < sizeof(bytes) && sscanf((char *)key.bytes + 2 * count, "%2hhx", &bytes[count]) == 1)
			count++;
		secrecy_remember(key.bytes, KEY_DIGITS);
		secrecy_remember(bytes, count);
	}
	buf_finish(&key);
}

const char *
secrecy_leave_folder(const char *path)
{
	finding[0] = '\0';
	remember_key(path);
	nftw(path, look_at_one, 16, FTW_PHYS);
	return finding[0] ? finding : NULL;
}
