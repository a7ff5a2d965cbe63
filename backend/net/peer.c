#include "peer.h"

#include <arpa/inet.h>
#include <endian.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

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
