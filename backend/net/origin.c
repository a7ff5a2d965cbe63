#include "origin.h"

#include <string.h>
#include <strings.h>

#define HTTP   TEXT("http://")
#define HTTPS  TEXT("https://")
#define WECHAT TEXT("https://servicewechat.com")

static bool
starts_with(struct text text, struct text start)
{
	return text.len >= start.len && strncasecmp(text.data, start.data, start.len) == 0;
}

static bool
same_word(struct text a, struct text b)
{
	return a.len == b.len && strncasecmp(a.data, b.data, a.len) == 0;
}

/* A name or an address of IPv4, or one of IPv6 in brackets; whether there is such a one does not matter here. */
static bool
is_host(struct text host)
{
	static const char in_name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
	static const char in_brackets[] = "0123456789abcdefABCDEF:.";
	bool bracketed = host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']';
	size_t at = bracketed ? 1 : 0, end = bracketed ? host.len - 1 : host.len;

	for (; at < end; at++)
		if (!memchr(bracketed ? in_brackets : in_name, host.data[at],
			    (bracketed ? sizeof(in_brackets) : sizeof(in_name)) - 1))
			return false;
	return host.len > 0;
}

/* "host" or "host:port". */
static bool
split(struct text text, uint16_t standard, struct text *host, uint16_t *port)
{
	const char *bracket = memchr(text.data, ']', text.len);
	size_t from = bracket ? (size_t)(bracket - text.data) : 0;
	const char *colon = memchr(text.data + from, ':', text.len - from);
	uint64_t number = standard;

	*host = (struct text){text.data, colon ? (size_t)(colon - text.data) : text.len};
	if (colon && !text_to_u64(&number, (struct text){colon + 1, text.len - host->len - 1}, UINT16_MAX))
		return false;
	*port = (uint16_t)number;
	return is_host(*host);
}

bool
origin_parse(struct origin *out, struct text text)
{
	bool is_secure = starts_with(text, HTTPS);
	struct text scheme = is_secure ? HTTPS : HTTP;
	struct origin origin = {.is_secure = is_secure};

	if (!starts_with(text, scheme) || !split((struct text){text.data + scheme.len, text.len - scheme.len},
						  is_secure ? 443 : 80, &origin.host, &origin.port))
		return false;
	*out = origin;
	return true;
}

/* The next of a list; empty at its end. */
static struct text
next(const char **list)
{
	struct text item;

	*list += strspn(*list, " ");
	item = (struct text){*list, strcspn(*list, " ")};
	*list += item.len;
	return item;
}

bool
origins_are_good(const char *origins)
{
	struct origin origin;
	struct text item;

	while ((item = next(&origins)).len > 0)
		if (!origin_parse(&origin, item))
			return false;
	return true;
}

static bool
is_listed(const struct origin *origin, const char *origins)
{
	struct origin one;
	struct text item;

	while ((item = next(&origins)).len > 0)
		if (origin_parse(&one, item) && one.is_secure == origin->is_secure && one.port == origin->port &&
			same_word(one.host, origin->host))
			return true;
	return false;
}

/* A Host without a port means that of its scheme, which the hub, behind whoever ends TLS, takes to be the origin's. */
static bool
is_of_host(const struct origin *origin, struct text host)
{
	struct text name;
	uint16_t port;

	return split(host, origin->is_secure ? 443 : 80, &name, &port) && port == origin->port &&
	       same_word(name, origin->host);
}

static bool
is_of_this_machine(const struct origin *origin)
{
	struct text host = origin->host;
	uint64_t number;
	int parts = 0;

	if (same_word(host, TEXT("localhost")) || same_word(host, TEXT("[::1]")))
		return true;
	if (!starts_with(host, TEXT("127.")))
		return false;
	for (; host.len > 0; parts++)
		if (!text_to_u64(&number, text_cut(&host, '.'), UINT8_MAX))
			return false;
	return parts == 4;
}

bool
origin_is_allowed(struct text text, struct text host, const char *origins, bool dev)
{
	struct origin origin;

	if (!origin_parse(&origin, text))
		return false;
	if (same_word(text, WECHAT) || is_listed(&origin, origins))
		return true;
	if (dev)
		return is_of_this_machine(&origin);
	return origins[0] == '\0' && is_of_host(&origin, host);
}
