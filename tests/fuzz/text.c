/* text.c - the small readers of what people, peers and Redis write: addresses, places, ids, numbers, states. What one of
 * them takes, printed again, is what it took. The first byte says which one reads the rest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "event.h"
#include "id.h"
#include "listener.h"
#include "log.h"
#include "place.h"
#include "seeds.h"
#include "status.h"
#include "text.h"

static void
read_redis_address(struct text text)
{
	struct redis_address address;
	const char *why = NULL;

	if (!redis_address_parse(&address, text, &why)) {
		HOLDS(why && why[0]);
		return;
	}
	HOLDS(memchr(address.path, '\0', sizeof(address.path)) && memchr(address.host, '\0', sizeof(address.host)));
	HOLDS(memchr(address.user, '\0', sizeof(address.user)));
	HOLDS(memchr(address.password, '\0', sizeof(address.password)));
	HOLDS((address.path[0] != '\0') != (address.host[0] != '\0'));
	HOLDS(address.path[0] || address.port > 0);
}

/* It takes a C string. */
static void
read_listen_address(struct text text)
{
	struct sockaddr_storage address;
	char *cstr = text_dup(text);

	if (listener_parse(&address, cstr)) {
		HOLDS(address.ss_family == AF_INET || address.ss_family == AF_INET6);
		HOLDS(listener_is_loopback(&address) || strstr(cstr, "127.") != cstr);
	}
	free(cstr);
}

static void
read_place(struct text text)
{
	char printed[PLACE_TEXT];
	struct place place;

	if (!place_parse(&place, text))
		return;
	HOLDS(text_equal(text_of(place_print(printed, place)), text));
	HOLDS(place_covers(place, place) && place_last(place) >= place.code);
	HOLDS(place_partition(place) < PARTITIONS);
	for (struct place above = place_parent(place); !place_is_none(above); above = place_parent(above))
		HOLDS(place_covers(above, place) && !place_covers(place, above));
}

static void
read_id(struct text text)
{
	char printed[ID_TEXT];
	struct id id;

	if (!id_parse(&id, text))
		return;
	HOLDS(text_equal(text_of(id_print(printed, id)), text));
	HOLDS(id.partition < PARTITIONS && id.number > 0 && id.number <= ID_NUMBER_MAX);
}

static void
read_number(struct text text)
{
	char printed[32];
	uint64_t number;

	if (!text_to_u64(&number, text, UINT64_MAX))
		return;
	snprintf(printed, sizeof(printed), "%llu", (unsigned long long)number);
	HOLDS(text_equal(text_of(printed), text));
	HOLDS(!text_to_u64(&number, text, number - 1) || number == 0);
}

static void
read_words(struct text text)
{
	enum call_state call;
	enum line_state line;
	enum log_level level;
	enum status status;

	if (status_parse(&status, text))
		HOLDS(text_equal(text_of(status_name(status)), text));
	if (line_state_parse(&line, text))
		HOLDS(text_equal(text_of(line_state_name(line)), text));
	if (call_state_parse(&call, text))
		HOLDS(text.len > 0 && call != CALL_NONE);
	if (log_level_parse(&level, text))
		HOLDS(text.len > 0);
}

static void
read_changes(struct text text)
{
	uint32_t changes;

	if (!call_changes_parse(&changes, text))
		return;
	HOLDS(changes < 1U << CALL_CHANGES && (changes > 0) == (text.len > 0));
}

/* By its first byte, as a record has it or as an event has it. */
static void
read_line(struct text text)
{
	struct line_change line;
	char separator;

	if (text.len == 0)
		return;
	separator = text.data[0] % 2 ? '\t' : ':';
	if (!line_change_parse(&line, 1, (struct text){text.data + 1, text.len - 1}, separator))
		return;
	HOLDS(line.number == 1 && line.state != LINE_NONE && !place_is_none(line.place));
	HOLDS(line.person.number <= ID_NUMBER_MAX && line.by.number <= ID_NUMBER_MAX);
	HOLDS(line.slot <= SLOTS_MAX && line.people <= UINT16_MAX && line.granted_minutes <= UINT16_MAX);
	HOLDS(line.joined_ms <= ID_NUMBER_MAX && line.present_ms <= ID_NUMBER_MAX && line.left_ms <= ID_NUMBER_MAX);
	HOLDS(line.until_ms <= ID_NUMBER_MAX && line.texts.len == 0);
}

static void
cut(struct text text)
{
	struct text rest = text;
	size_t len = 0;

	while (rest.len > 0) {
		struct text part = text_cut(&rest, ',');
		HOLDS(!memchr(part.data, ',', part.len));
		len += part.len + 1;
	}
	HOLDS(len >= text.len && len <= text.len + 1);
}

static void (*const readers[])(struct text text) = {
	read_redis_address,
	read_listen_address,
	read_place,
	read_id,
	read_number,
	read_words,
	cut,
	read_changes,
	read_line,
};

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *copy;

	if (len == 0)
		return 0;
	copy = malloc(MAX(len - 1, 1U)); /* no more, so that a byte too far is one too far */
	if (!copy)
		return 0;
	memcpy(copy, bytes + 1, len - 1);
	readers[bytes[0] % ARRAY_LEN(readers)]((struct text){copy, len - 1});
	free(copy);
	return 0;
}

void
seeds_write(void)
{
	static const char *const seeds[] = {
		"\0redis://user:p%40ss@127.0.0.1:6379/3",
		"\0redis://[2001:db8::1]:6380",
		"\0unix:/run/redis.sock?db=5",
		"\1127.0.0.1:7412",
		"\1[::1]:0",
		"\002140105007004001002",
		"\0024419",
		"\0037.4242",
		"\00315.9007199254740991",
		"\00415",
		"\00418446744073709551615",
		"\005TOO_LATE",
		"\005confirmed",
		"\005cancelled",
		"\006140105,140106,,1",
		"\007limit,deadline,overdue",
		"\0100confirmed:3.77:140105007004001:1649761234567",
		"\0101offered\t3.77\t140105007004001\t1649761234567\t2\t4\t5.6\t1\t2\t150\t1649762000000\t1",
	};

	for (size_t i = 0; i < ARRAY_LEN(seeds); i++)
		seeds_add(seeds[i], 1 + strlen(seeds[i] + 1));
}
