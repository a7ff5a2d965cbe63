#include "when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lang.h"

#define MINUTE_MS 60000ULL
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)

static bool
parse_span(uint64_t *out_ms, const char *text, uint64_t now_ms)
{
	char *end;
	unsigned long count = strtoul(text, &end, 10);

	if (end == text || count > 10000 || strlen(end) != 1)
		return false;
	switch (*end) {
	case 'm':
		*out_ms = now_ms + count * MINUTE_MS;
		return true;
	case 'h':
		*out_ms = now_ms + count * HOUR_MS;
		return true;
	case 'd':
		*out_ms = now_ms + count * DAY_MS;
		return true;
	default:
		return false;
	}
}

/* mktime() would take 31 February for the 3rd of March. */
static bool
parse_day(uint64_t *out_ms, struct tm *local)
{
	int day = local->tm_mday;
	time_t seconds = mktime(local);

	if (seconds < 0 || local->tm_mday != day)
		return false;
	*out_ms = (uint64_t)seconds * 1000;
	return true;
}

bool
when_parse(uint64_t *out_ms, const char *text, uint64_t now_ms)
{
	time_t now = (time_t)(now_ms / 1000);
	struct tm today, local;
	const char *end;

	if (text[0] == '+')
		return parse_span(out_ms, text + 1, now_ms);
	localtime_r(&now, &today);
	today.tm_sec = 0;
	today.tm_isdst = -1;
	local = today; /* strptime leaves half of what it could read when it fails */
	end = strptime(text, "%Y-%m-%d %H:%M", &local);
	if (end && *end == '\0')
		return parse_day(out_ms, &local);
	local = today;
	end = strptime(text, "%H:%M", &local);
	if (!end || *end != '\0')
		return false;
	if ((uint64_t)mktime(&local) * 1000 <= now_ms)
		local.tm_mday++;
	*out_ms = (uint64_t)mktime(&local) * 1000;
	return true;
}

static struct tm
local_time(uint64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm local;

	localtime_r(&seconds, &local);
	return local;
}

char *
when_print(char out[WHEN_TEXT], uint64_t ms, uint64_t now_ms)
{
	bool near = ms + DAY_MS / 2 > now_ms && ms < now_ms + DAY_MS / 2;
	struct tm local = local_time(ms);

	if (near)
		strftime(out, WHEN_TEXT, "%H:%M", &local);
	else
		strftime(out, WHEN_TEXT, "%Y-%m-%d %H:%M", &local);
	return out;
}

uint64_t
when_midnight(uint64_t ms)
{
	struct tm local = local_time(ms);

	local.tm_hour = local.tm_min = local.tm_sec = 0;
	local.tm_isdst = -1;
	return (uint64_t)mktime(&local) * 1000;
}

char *
when_print_span(char out[WHEN_SPAN], uint64_t starts_ms, uint64_t ends_ms, uint64_t now_ms)
{
	char starts[WHEN_TEXT], ends[WHEN_TEXT];
	struct tm local;

	when_print(starts, starts_ms, now_ms);
	if (ends_ms == 0) {
		snprintf(out, WHEN_SPAN, "%s", starts);
		return out;
	}
	local = local_time(ends_ms);
	if (when_midnight(starts_ms) == when_midnight(ends_ms))
		strftime(ends, sizeof(ends), "%H:%M", &local);
	else
		strftime(ends, sizeof(ends), "%Y-%m-%d %H:%M", &local);
	snprintf(out, WHEN_SPAN, "%s–%s", starts, ends);
	return out;
}

char *
when_print_minutes(char out[WHEN_MINUTES], uint64_t minutes)
{
	unsigned long long hours = minutes / 60, rest = minutes % 60;

	if (hours == 0)
		snprintf(out, WHEN_MINUTES, T("%llu min", "%llu 分钟"), rest);
	else if (rest == 0)
		snprintf(out, WHEN_MINUTES, T("%llu h", "%llu 小时"), hours);
	else
		snprintf(out, WHEN_MINUTES, T("%llu h %llu min", "%llu 小时 %llu 分钟"), hours, rest);
	return out;
}

char *
when_print_clock(char out[WHEN_TEXT], uint64_t ms)
{
	struct tm local = local_time(ms);

	strftime(out, WHEN_TEXT, "%H:%M:%S", &local);
	return out;
}
