/* tell_template.h - the subscribe message that says that a call was posted: which of its template's fields says what. Pure.
 *
 * The setting is the template's id and its fields: "ID thing1=title time2=deadline thing3=place". Words (title, place, meeting)
 * go into a `thing`, moments (deadline, starts) into a `time` or `date`; so no call makes a message that the template does
 * not take. */
#ifndef GV_TELL_TEMPLATE_H
#define GV_TELL_TEMPLATE_H

#include "event.h"
#include "wechat.h"
#include "wechat_fields.h"

#define TELL_TEMPLATE_ID 65

struct tell_template {
	char id[TELL_TEMPLATE_ID];
	unsigned count;
	struct tell_field {
		char key[32];
		enum tell_source { TELL_TITLE, TELL_PLACE, TELL_MEETING, TELL_DEADLINE, TELL_STARTS } source;
	} fields[WECHAT_FIELDS_MAX];
};

/* False, and what is wrong with it in *why. */
bool tell_template_parse(struct tell_template *out, struct text setting, const char **why) WARN_UNUSED;

/* What a field says of a call. What the call leaves out is filled from what it must have: the place stands for the meeting
 * point, the deadline for the start. Moments are those of China (UTC+8). */
void tell_template_value(
	char out[WECHAT_VALUE], enum tell_source source, const struct call_record *call, const char *place);

#endif
