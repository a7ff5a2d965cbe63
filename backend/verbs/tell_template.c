#include "tell_template.h"

#include <ctype.h>
#include <stdio.h>
#include <time.h>
#include <unistr.h>

#define CHINA_S 28800 /* ahead of UTC */

static const struct source {
	struct text name;
	bool is_moment;
} sources[] = {
	[TELL_TITLE] = {TEXT("title"), false},
	[TELL_PLACE] = {TEXT("place"), false},
	[TELL_MEETING] = {TEXT("meeting"), false},
	[TELL_DEADLINE] = {TEXT("deadline"), true},
	[TELL_STARTS] = {TEXT("starts"), true},
};

/* Whether a key is that word and a number. */
static bool
is_of_type(struct text key, const char *type)
{
	size_t len = strlen(type);

	if (key.len <= len || memcmp(key.data, type, len) != 0)
		return false;
	for (size_t i = len; i < key.len; i++)
		if (!isdigit((unsigned char)key.data[i]))
			return false;
	return true;
}

static bool
parse_field(struct tell_field *out, struct text field, const char **why)
{
	struct text key = text_cut(&field, '=');
	size_t i = 0;

	while (i < ARRAY_LEN(sources) && !text_equal(sources[i].name, field))
		i++;
	*why = "says of a field something else than title, place, meeting, deadline or starts";
	if (i == ARRAY_LEN(sources))
		return false;
	*why = "has a field of another type than its value: title, place and meeting go into a thing (as thing1), "
	       "deadline "
	       "and starts into a time or date";
	if (key.len >= sizeof(out->key))
		return false;
	if (sources[i].is_moment ? !is_of_type(key, "time") && !is_of_type(key, "date") : !is_of_type(key, "thing"))
		return false;
	text_copy(out->key, sizeof(out->key), key);
	out->source = (enum tell_source)i;
	return true;
}

bool
tell_template_parse(struct tell_template *out, struct text setting, const char **why)
{
	struct text id = text_cut(&setting, ' ');

	*out = (struct tell_template){0};
	text_copy(out->id, sizeof(out->id), id);
	*why = "does not begin with the id of a template";
	if (id.len >= sizeof(out->id) || !wechat_is_word(out->id, sizeof(out->id) - 1))
		return false;
	while (setting.len > 0) {
		struct text field = text_cut(&setting, ' ');
		*why = "has more fields than a template";
		if (out->count == ARRAY_LEN(out->fields))
			return false;
		if (field.len > 0 && !parse_field(&out->fields[out->count++], field, why))
			return false;
	}
	*why = "names no field of the template, as thing1=title";
	return out->count > 0;
}

static void
print_moment(char out[WECHAT_VALUE], uint64_t wall_ms)
{
	time_t seconds = (time_t)(wall_ms / 1000) + CHINA_S;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	snprintf(out, WECHAT_VALUE, "%d年%d月%d日 %02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		tm.tm_min);
}

/* As much of it as there is room for, whole characters; WeChat's own bound is lower. */
static void
print_words(char out[WECHAT_VALUE], struct text words)
{
	size_t len = MIN(words.len, (size_t)WECHAT_VALUE - 1);

	while (len > 0 && len < words.len && ((unsigned char)words.data[len] & 0xc0) == 0x80)
		len--;
	memcpy(out, words.data, len);
	out[len] = '\0';
}

void
tell_template_value(char out[WECHAT_VALUE], enum tell_source source, const struct call_record *call, const char *place)
{
	switch (source) {
	case TELL_TITLE:
		print_words(out, call->title);
		break;
	case TELL_PLACE:
		print_words(out, text_of(place));
		break;
	case TELL_MEETING:
		print_words(out, call->meeting.len > 0 ? call->meeting : text_of(place));
		break;
	case TELL_DEADLINE:
		print_moment(out, call->deadline_ms);
		break;
	case TELL_STARTS:
		print_moment(out, call->starts_ms ? call->starts_ms : call->deadline_ms);
		break;
	}
}
