#include "peer.h"

#include <arpa/inet.h>
#include <endian.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* One of IPv4 as IPv6 maps it (RFC 4291, 2.5.5.2), which is how a socket for both has it. */
static bool
parse(struct in6_addr *out, const char *address)
{
	static const struct in6_addr mapped = {.s6_addr = {[10] = 0xff, [11] = 0xff}};

	*out = mapped;
	return inet_pton(AF_INET, address, &out->s6_addr[12]) == 1 || inet_pton(AF_INET6, address, out) == 1;
}

bool
peer_is_loopback(const char *address)
{
	struct in6_addr parsed;

	return parse(&parsed, address) &&
	       (IN6_IS_ADDR_LOOPBACK(&parsed) || (IN6_IS_ADDR_V4MAPPED(&parsed) && parsed.s6_addr[12] == 127));
}

/* The next of a list; empty at its end or where it is too long to be one. */
static const char *
next(const char **list, char out[INET6_ADDRSTRLEN])
{
	size_t len;

	*list += strspn(*list, " ");
	len = strcspn(*list, " ");
	snprintf(out, INET6_ADDRSTRLEN, "%.*s", (int)len, *list);
	*list += len;
	return out;
}

bool
peer_is_listed(const char *list, const char *address)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr wanted, one;

	if (!parse(&wanted, address))
		return false;
	while (next(&list, text)[0])
		if (parse(&one, text) && IN6_ARE_ADDR_EQUAL(&one, &wanted))
			return true;
	return false;
}

bool
peers_are_good(const char *list)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr one;

	while (next(&list, text)[0])
		if (!parse(&one, text))
			return false;
	return true;
}

uint64_t
peer_key(const char *address)
{
	struct in_addr v4;
	struct in6_addr v6;
	uint64_t key;

	if (inet_pton(AF_INET, address, &v4) == 1)
		return ntohl(v4.s_addr);
	if (inet_pton(AF_INET6, address, &v6) != 1)
		return 0;
	if (IN6_IS_ADDR_V4MAPPED(&v6)) {
		memcpy(&v4, &v6.s6_addr[12], sizeof(v4));
		return ntohl(v4.s_addr);
	}
	memcpy(&key, &v6, sizeof(key));
	return be64toh(key);
}

char *
peer_print(char out[PEER_TEXT], uint64_t key)
{
	struct in_addr v4 = {htonl((uint32_t)key)};
	struct in6_addr v6 = {0};
	uint64_t network = htobe64(key);
	char text[INET6_ADDRSTRLEN];

	memcpy(&v6, &network, sizeof(network));
	if (key > 0 && key <= UINT32_MAX)
		snprintf(out, PEER_TEXT, "%s", inet_ntop(AF_INET, &v4, text, sizeof(text)));
	else
		snprintf(out, PEER_TEXT, "%s/64", inet_ntop(AF_INET6, &v6, text, sizeof(text)));
	return out;
}
