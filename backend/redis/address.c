#include "address.h"

#define DEFAULT_PORT 6379
#define DATABASE_MAX 10000 /* far above what any server is set to; the server itself says no */

static bool
starts_with(struct text *text, struct text prefix)
{
	if (text->len < prefix.len || memcmp(text->data, prefix.data, prefix.len) != 0)
		return false;
	*text = (struct text){text->data + prefix.len, text->len - prefix.len};
	return true;
}

static bool
copy(char *out, size_t room, struct text text)
{
	if (text.len >= room || memchr(text.data, '\0', text.len))
		return false;
	memcpy(out, text.data, text.len);
	out[text.len] = '\0';
	return true;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Copies and resolves %XX. */
static bool
unescape(char *out, size_t room, struct text text)
{
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		int c = (unsigned char)text.data[i];
		if (c == '%') {
			if (text.len - i < 3 || hex_digit(text.data[i + 1]) < 0 || hex_digit(text.data[i + 2]) < 0)
				return false;
			c = hex_digit(text.data[i + 1]) << 4 | hex_digit(text.data[i + 2]);
			i += 2;
		}
		if (c == 0 || len + 1 >= room)
			return false;
		out[len++] = (char)c;
	}
	out[len] = '\0';
	return true;
}

static bool
parse_number(uint32_t *out, struct text text, uint32_t max)
{
	uint64_t number;

	if (!text_to_u64(&number, text, max))
		return false;
	*out = (uint32_t)number;
	return true;
}

static bool
parse_unix(struct redis_address *out, struct text rest, const char **why)
{
	struct text path = text_cut(&rest, '?');

	*why = "the path of the unix socket is empty or longer than 107 bytes";
	if (path.len == 0 || !copy(out->path, sizeof(out->path), path))
		return false;
	*why = "behind the path only ?db=NUMBER may stand";
	if (rest.len == 0)
		return true;
	return starts_with(&rest, TEXT("db=")) && parse_number(&out->database, rest, DATABASE_MAX);
}

/* "user:password@" and what stands behind it; the last @ counts, for a password may hold one unescaped. */
static bool
parse_credentials(struct redis_address *out, struct text *rest)
{
	const char *at = memrchr(rest->data, '@', rest->len);
	struct text credentials, user;

	if (!at)
		return true;
	credentials = (struct text){rest->data, (size_t)(at - rest->data)};
	*rest = (struct text){at + 1, rest->len - credentials.len - 1};
	user = text_cut(&credentials, ':');
	return unescape(out->user, sizeof(out->user), user) &&
	       unescape(out->password, sizeof(out->password), credentials);
}

/* host, host:port, [2001:db8::1] or [2001:db8::1]:port */
static bool
parse_host(struct redis_address *out, struct text text)
{
	struct text host, port = text;
	uint32_t number = DEFAULT_PORT;

	if (starts_with(&port, TEXT("["))) {
		if (!memchr(port.data, ']', port.len))
			return false;
		host = text_cut(&port, ']');
		if (port.len > 0 && !starts_with(&port, TEXT(":")))
			return false;
	} else {
		host = text_cut(&port, ':');
	}
	if (port.len > 0 && !parse_number(&number, port, UINT16_MAX))
		return false;
	out->port = (uint16_t)number;
	return host.len > 0 && number > 0 && copy(out->host, sizeof(out->host), host);
}

static bool
parse_redis(struct redis_address *out, struct text rest, const char **why)
{
	struct text host;

	*why = "user or password has a bad %XX escape or is too long";
	if (!parse_credentials(out, &rest))
		return false;
	host = text_cut(&rest, '/');
	*why = "behind the / a database number must stand";
	if (rest.len > 0 && !parse_number(&out->database, rest, DATABASE_MAX))
		return false;
	*why = "host or port is missing or no such";
	return parse_host(out, host);
}

bool
redis_address_parse(struct redis_address *out, struct text url, const char **why)
{
	struct redis_address address = {.port = 0};
	bool good = false;

	*why = "it must start with redis:// or unix:";
	if (starts_with(&url, TEXT("unix:")))
		good = parse_unix(&address, url, why);
	else if (starts_with(&url, TEXT("redis://")))
		good = parse_redis(&address, url, why);
	if (good)
		*out = address;
	return good;
}
