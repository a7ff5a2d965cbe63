/* listener.c - the address to listen on, as an operator writes it. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "listener.h"
#include "unit.h"

static void
address_is_read(void **state)
{
	static const struct {
		const char *text;
		int family;
		const char *host;
		uint16_t port;
		bool loopback;
	} good[] = {
		{"127.0.0.1:7412", AF_INET, "127.0.0.1", 7412, true},
		{"127.0.0.1:0", AF_INET, "127.0.0.1", 0, true},
		{"127.255.255.254:1", AF_INET, "127.255.255.254", 1, true},
		{"0.0.0.0:65535", AF_INET, "0.0.0.0", 65535, false},
		{":7412", AF_INET, "0.0.0.0", 7412, false},
		{"192.168.1.7:80", AF_INET, "192.168.1.7", 80, false},
		{"128.0.0.1:80", AF_INET, "128.0.0.1", 80, false},
		{"126.255.255.255:80", AF_INET, "126.255.255.255", 80, false},
		{"[::1]:7412", AF_INET6, "::1", 7412, true},
		{"[::]:7412", AF_INET6, "::", 7412, false},
		{"[2001:db8::1]:65535", AF_INET6, "2001:db8::1", 65535, false},
		{"[fe80::1]:1", AF_INET6, "fe80::1", 1, false},
		{"[::ffff:192.168.1.7]:80", AF_INET6, "::ffff:192.168.1.7", 80, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct sockaddr_storage address;
		const struct sockaddr_in *in = (const struct sockaddr_in *)&address;
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&address;
		char host[INET6_ADDRSTRLEN] = "";
		memset(&address, 0xa5, sizeof(address));
		if (!listener_parse(&address, good[i].text))
			fail_msg("'%s' was refused", good[i].text);
		assert_int_equal(address.ss_family, good[i].family);
		if (good[i].family == AF_INET)
			inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		else
			inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		assert_string_equal(host, good[i].host);
		assert_int_equal(ntohs(good[i].family == AF_INET ? in->sin_port : in6->sin6_port), good[i].port);
		assert_int_equal(listener_is_loopback(&address), good[i].loopback);
	}
}

static void
what_is_no_address_is_refused(void **state)
{
	static const char *const bad[] = {"", ":", "7412", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
		"127.0.0.1:07412", "127.0.0.1: 7412", "127.0.0.1:7412 ", "127.0.0.1:http", " 127.0.0.1:7412",
		"127.0.0:7412", "127.0.0.256:7412", "localhost:7412", "::1:7412", "[::1]", "[::1]7412", "[::1:7412",
		"::1]:7412", "[]:7412", "[127.0.0.1]:7412", "[::g]:7412", "[::1%lo]:7412", "*:7412", "unix:/tmp/socket",
		"127.0.0.1:7412:7413", "[1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc]:7412",
		"00000000000000000000000000000000000000000000000000000000000000127.0.0.1:7412"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct sockaddr_storage address;
		if (listener_parse(&address, bad[i]))
			fail_msg("'%s' was read as an address", bad[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_is_read),
		cmocka_unit_test(what_is_no_address_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
