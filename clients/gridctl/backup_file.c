#include "backup_file.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lang.h"

#define CHECK_DIGITS 16

static void
print_digest(char out[65], const char *bytes, size_t len)
{
	unsigned char digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(digest, (const unsigned char *)bytes, len);
	sodium_bin2hex(out, 65, digest, sizeof(digest));
}

bool
backup_head_write(int file, const struct backup_head *head)
{
	char text[BACKUP_HEAD], digest[65];
	int len;

	memset(text, ' ', sizeof(text));
	len = snprintf(text, sizeof(text),
		"gridvanguard backup %u\nversion %s\nmade %s\nlayout %s\nepoch %s\ndatabase %u\nsize %" PRIu64
		"\nsha256 %s\n",
		BACKUP_FORMAT, head->version, head->made, head->layout, head->epoch, head->database, head->size,
		head->sha256);
	print_digest(digest, text, (size_t)len);
	len += snprintf(text + len, sizeof(text) - (size_t)len, "head %.*s\n", CHECK_DIGITS, digest);
	text[len] = ' '; /* the NUL */
	text[sizeof(text) - 1] = '\n';
	return pwrite(file, text, sizeof(text), 0) == (ssize_t)sizeof(text);
}

static bool
parse_head(struct backup_head *head, const char *text)
{
	char layout[16], check[CHECK_DIGITS + 1], digest[65];
	unsigned format;
	int lines = 0;

	if (sscanf(text,
		    "gridvanguard backup %u version %31s made %24s layout %15s epoch %63s database %u size %" SCNu64
		    " sha256 %64s\n%nhead %16s",
		    &format, head->version, head->made, layout, head->epoch, &head->database, &head->size, head->sha256,
		    &lines, check) != 9)
		return false;
	snprintf(head->layout, sizeof(head->layout), "%s", layout);
	print_digest(digest, text, (size_t)lines);
	return strncmp(digest, check, CHECK_DIGITS) == 0;
}

/* The digest of all that stands behind the head; the number of bytes, or -1 if they cannot be read. */
static int64_t
digest_rest(int file, char sha256[65])
{
	crypto_hash_sha256_state state;
	unsigned char bytes[65536], digest[crypto_hash_sha256_BYTES];
	int64_t size = 0;
	ssize_t len;

	crypto_hash_sha256_init(&state);
	while ((len = pread(file, bytes, sizeof(bytes), BACKUP_HEAD + size)) > 0) {
		crypto_hash_sha256_update(&state, bytes, (unsigned long long)len);
		size += len;
	}
	crypto_hash_sha256_final(&state, digest);
	sodium_bin2hex(sha256, 65, digest, sizeof(digest));
	return len == 0 ? size : -1;
}

bool
backup_file_check(int file, struct backup_head *head, const char **why)
{
	char text[BACKUP_HEAD + 1] = "", sha256[65];
	ssize_t len = pread(file, text, BACKUP_HEAD, 0);
	unsigned format;
	int64_t size;

	*why = strerror(errno);
	if (len < 0)
		return false;
	*why = T("it is no backup of Grid Vanguard", "它不是网格先锋队的备份");
	if (len != BACKUP_HEAD || sscanf(text, "gridvanguard backup %u\n", &format) != 1)
		return false;
	*why = T("it was made by a newer gridctl", "它由更新版本的 gridctl 制作");
	if (format != BACKUP_FORMAT)
		return false;
	*why = T("its head is damaged", "其文件头已损坏");
	if (!parse_head(head, text))
		return false;
	size = digest_rest(file, sha256);
	*why = T("it cannot be read to its end", "无法读完该文件");
	if (size < 0)
		return false;
	*why = T("it is not as long as it was made: a part is missing, or something is behind it",
		"其长度与制作时不符：有缺失或多余");
	if ((uint64_t)size != head->size)
		return false;
	*why = T("it is damaged: its checksum is another", "它已损坏：校验和不符");
	return strcmp(sha256, head->sha256) == 0;
}
