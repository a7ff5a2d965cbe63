#include "direct_call.h"

#include <stdio.h>

#include "keys.h"
#include "place.h"
#include "tool.h"

struct command *
direct_call_begin(const char *function, unsigned keys)
{
	struct command *command = command_create("FCALL");

	command_arg(command, text_of(function));
	command_arg_u64(command, keys);
	return command;
}

redisReply *
direct_call_end(struct direct *direct, struct command *command, const char *or_else, char trouble[DIRECT_TROUBLE])
{
	redisReply *reply = direct_ask(direct, command);
	bool is_answer = reply && reply->type == REDIS_REPLY_ARRAY && reply->elements > 0;
	struct text status = is_answer ? reply_string(reply->element[0]) : TEXT("");

	if (text_equal(status, TEXT("OK")) || (or_else && text_equal(status, text_of(or_else))))
		return reply;
	snprintf(trouble, DIRECT_TROUBLE, "%s %s", status.data,
		status.len > 0 && reply->elements > 1 ? reply_string(reply->element[1]).data : "");
	if (!reply)
		snprintf(trouble, DIRECT_TROUBLE, "%s", direct->trouble);
	freeReplyObject(reply);
	return NULL;
}

uint64_t
direct_call_number(struct direct *direct, uint8_t partition, char trouble[DIRECT_TROUBLE])
{
	struct command *command = direct_call_begin("data_id", 1);
	redisReply *reply;
	uint64_t number = 0;

	command_key(command, partition, KEY_META);
	reply = direct_call_end(direct, command, NULL, trouble);
	if (reply && (reply->elements < 3 || !text_to_u64(&number, reply_string(reply->element[2]), ID_NUMBER_MAX)))
		snprintf(trouble, DIRECT_TROUBLE, "data_id");
	freeReplyObject(reply);
	return number;
}

bool
direct_call_claim(struct direct *direct, struct text identity, struct id *out, char trouble[DIRECT_TROUBLE])
{
	uint8_t partition = identity_partition(identity);
	struct id offered = {partition, direct_call_number(direct, partition, trouble)};
	struct command *command;
	char id[ID_TEXT];
	redisReply *reply;
	bool good;

	if (id_is_none(offered))
		return false;
	command = direct_call_begin("person_claim", 3);
	command_key(command, partition, KEY_META);
	command_key(command, partition, KEY_IDENTITIES);
	command_key(command, partition, KEY_PERSON, id_print(id, offered));
	command_arg(command, identity);
	command_arg_id(command, offered);
	reply = direct_call_end(direct, command, NULL, trouble);
	good = reply && reply->elements >= 3 && id_parse(out, reply_string(reply->element[2]));
	if (reply && !good)
		snprintf(trouble, DIRECT_TROUBLE, "person_claim");
	freeReplyObject(reply);
	return good;
}

bool
direct_call_audit(struct direct *direct, uint8_t partition, const char *what, const char *on, const char *detail,
	char trouble[DIRECT_TROUBLE])
{
	struct command *command = direct_call_begin("audit_add", 1);
	redisReply *reply;

	command_key(command, partition, KEY_AUDIT);
	command_arg(command, TEXT(""));
	command_arg(command, text_of(what));
	command_arg(command, text_of(on));
	command_arg(command, text_of(detail));
	command_arg(command, TEXT("gridctl"));
	command_arg(command, TEXT(""));
	reply = direct_call_end(direct, command, NULL, trouble);
	freeReplyObject(reply);
	return reply != NULL;
}

void
direct_note(struct tool *tool, const char *what, const char *on)
{
	char trouble[DIRECT_TROUBLE] = "";
	struct direct direct;

	if (!direct_find(&direct, tool))
		return;
	if (!direct_open(&direct, tool->timeout_ms))
		snprintf(trouble, sizeof(trouble), "%s", direct.trouble);
	else if (direct_call_audit(&direct, 0, what, on, "", trouble))
		trouble[0] = '\0';
	if (trouble[0])
		fprintf(stderr, T("gridctl: it is not in the audit log: %s\n", "gridctl: 未能记入审计日志：%s\n"),
			trouble);
	direct_close(&direct);
}
