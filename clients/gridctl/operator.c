/* operator.c - what only who has the data may do: the first account of a system, when nobody can be asked for it yet, and a way
 * back in for who runs it, gives rights or audits, over whom nobody else is set. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "direct_call.h"
#include "keys.h"
#include "role.h"
#include "token.h"
#include "tool.h"
#include "uuid.h"

#define INVITE_MS UINT64_C(86400000) /* in which it must be used */

struct founding {
	struct direct direct;
	char identity[64];
	uint8_t partition;
	struct id person;
	bool has_others; /* there are operators already */
	bool is_nobody;  /* no such person is there */
};

/* Asks, and gives the answer if its first word is OK or that other one; NULL, after a line on standard error, if not. */
static redisReply *
ask(struct founding *founding, struct command *command, const char *or_else)
{
	char trouble[DIRECT_TROUBLE];
	redisReply *reply = direct_call_end(&founding->direct, command, or_else, trouble);

	if (!reply)
		fprintf(stderr, "gridctl: Redis: %s\n", trouble);
	return reply;
}

static bool
claim(struct founding *founding)
{
	char trouble[DIRECT_TROUBLE];
	bool good = direct_call_claim(&founding->direct, text_of(founding->identity), &founding->person, trouble);

	if (!good)
		fprintf(stderr, "gridctl: Redis: %s\n", trouble);
	return good;
}

static bool
is_operator(struct founding *founding, uint8_t partition, struct text id)
{
	struct command *command = command_create("HEXISTS");
	redisReply *reply;
	bool is;

	command_key(command, partition, KEY_PERSON_GRANTS, id.data);
	command_arg(command, TEXT("operator ")); /* everywhere */
	reply = direct_ask(&founding->direct, command);
	is = reply && reply->integer == 1;
	freeReplyObject(reply);
	return is;
}

/* Among those who hold anything, for there is no list of operators alone. */
static void
look_for_others(struct founding *founding)
{
	char own[ID_TEXT];

	id_print(own, founding->person);
	for (unsigned i = 0; i < PARTITIONS && !founding->has_others; i++) {
		struct command *command = command_create("SMEMBERS");
		redisReply *reply;
		command_key(command, (uint8_t)i, KEY_GRANTED);
		reply = direct_ask(&founding->direct, command);
		for (size_t j = 0; reply && j < reply->elements && !founding->has_others; j++) {
			struct text id = reply_string(reply->element[j]);
			founding->has_others = !text_equal(id, text_of(own)) && is_operator(founding, (uint8_t)i, id);
		}
		freeReplyObject(reply);
	}
}

/* What a function that writes wants in front of its own keys and arguments. `who` does it: the person himself, or nobody (""). */

static void
stamp_keys(const struct founding *founding, struct command *command)
{
	struct uuid once = uuid_make(clock_wall_ms());
	char id[ID_TEXT], uuid[UUID_TEXT];

	command_key(command, founding->partition, KEY_META);
	command_key(command, founding->partition, KEY_LOG);
	command_key(command, founding->partition, KEY_ONCE, id_print(id, founding->person), uuid_print(uuid, &once));
}

static void
stamp_args(struct command *command, const char *who)
{
	static const char digest[16] = "";

	command_arg(command, text_of(who));
	command_arg_u64(command, clock_wall_ms());
	command_arg(command, (struct text){digest, sizeof(digest)});
}

/* Everywhere, until it is taken back. */
static bool
give(struct founding *founding, enum role role)
{
	struct command *command = direct_call_begin("grant_give", 8);
	char id[ID_TEXT];
	redisReply *reply;

	stamp_keys(founding, command);
	id_print(id, founding->person);
	command_key(command, founding->partition, KEY_PERSON, id);
	command_key(command, founding->partition, KEY_PERSON_GRANTS, id);
	command_key(command, founding->partition, KEY_GRANTED);
	command_key(command, founding->partition, KEY_DUE);
	command_key(command, founding->partition, KEY_AUDIT);
	stamp_args(command, id);
	command_arg(command, text_of(id));
	command_arg(command, text_of(role_name(role)));
	command_arg(command, TEXT(""));
	command_arg(command, TEXT("0"));
	command_arg(command, TEXT("founding"));
	command_arg(command, TEXT("gridctl"));
	command_arg(command, TEXT(""));
	reply = ask(founding, command, "ALREADY");
	freeReplyObject(reply);
	return reply != NULL;
}

/* A device that becomes one when the invite is used; in the audit log as nobody's, who has the data. */
static bool
invite(struct founding *founding, char out[TOKEN_TEXT_MAX])
{
	struct command *command = direct_call_begin("invite_give", 7);
	char secret[TOKEN_SECRET], hash[TOKEN_HASH], id[ID_TEXT];
	redisReply *reply;
	uint32_t device = 0;

	token_make(secret, hash);
	id_print(id, founding->person);
	stamp_keys(founding, command);
	command_key(command, founding->partition, KEY_PERSON, id);
	command_key(command, founding->partition, KEY_PERSON_DEVICES, id);
	command_key(command, founding->partition, KEY_PERSONS);
	command_key(command, founding->partition, KEY_AUDIT);
	stamp_args(command, "");
	command_arg(command, text_of(id));
	command_arg(command, text_of(hash));
	command_arg_u64(command, INVITE_MS);
	for (unsigned i = 0; i < 4; i++) /* place, name, organisation, kind: he is there already */
		command_arg(command, TEXT(""));
	command_arg(command, TEXT("gridctl"));
	command_arg(command, TEXT(""));
	reply = ask(founding, command, "NOT_FOUND");
	founding->is_nobody = reply && text_equal(reply_string(reply->element[0]), TEXT("NOT_FOUND"));
	if (reply && !founding->is_nobody && reply->elements == 4 &&
		text_to_u32(&device, reply_string(reply->element[2])))
		token_print(out, founding->person, device, secret);
	token_wipe(secret);
	freeReplyObject(reply);
	return device > 0;
}

/* His second factor, if he has one; so is that in the audit log. */
static bool
remove_factor(struct founding *founding)
{
	struct command *command = direct_call_begin("factor_remove", 6);
	char id[ID_TEXT];
	redisReply *reply;

	id_print(id, founding->person);
	stamp_keys(founding, command);
	command_key(command, founding->partition, KEY_PERSON_DEVICES, id);
	command_key(command, founding->partition, KEY_PERSON_FACTOR, id);
	command_key(command, founding->partition, KEY_AUDIT);
	stamp_args(command, "");
	command_arg(command, text_of(id));
	command_arg(command, TEXT(""));
	command_arg(command, TEXT(""));
	command_arg(command, TEXT("gridctl"));
	command_arg(command, TEXT(""));
	reply = ask(founding, command, "NOT_FOUND");
	freeReplyObject(reply);
	return reply != NULL;
}

static bool
note(struct founding *founding)
{
	char trouble[DIRECT_TROUBLE], id[ID_TEXT];
	bool good = direct_call_audit(
		&founding->direct, founding->partition, "operator_create", id_print(id, founding->person), "", trouble);

	if (!good)
		fprintf(stderr, "gridctl: Redis: %s\n", trouble);
	return good;
}

static void
print_invite(struct tool *tool, const struct founding *founding, const char *news, const char *token)
{
	char id[ID_TEXT];

	id_print(id, founding->person);
	if (tool->json) {
		print_json(json_pack("{s:s, s:s, s:i}", "person", id, "invite", token, "good_for_s", INVITE_MS / 1000));
		return;
	}
	printf(T("person %s %s\n", "用户 %s %s\n"), id, news);
	printf(T("the invite is good once, for a day:\n\n  %s\n\n"
		 "gridctl login --invite %s --hub ws://ADDRESS:PORT\n",
		       "邀请码一天内有效，只能使用一次：\n\n  %s\n\n"
		       "gridctl login --invite %s --hub ws://地址:端口\n"),
		token, token);
}

static bool
is_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= 32 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == len;
}

static bool
open_data(struct founding *founding, struct tool *tool)
{
	if (direct_open(&founding->direct, tool->timeout_ms))
		return true;
	fprintf(stderr,
		T("gridctl: no Redis there (%s): start the hub first\n", "gridctl: 没有 Redis（%s）：请先启动中枢\n"),
		founding->direct.trouble);
	return false;
}

int
run_operator_create(struct tool *tool)
{
	const char *name = tool->args.words[0];
	struct founding founding = {.partition = 0};
	char token[TOKEN_TEXT_MAX];
	int status = EXIT_AWAY;

	if (!is_name(name)) {
		fprintf(stderr,
			T("gridctl: '%s': a name has 1 to 32 of a-z, 0-9, - and _\n",
				"gridctl: “%s”：名称为 1 到 32 个 a-z、0-9、- 或 _\n"),
			name);
		return EXIT_USAGE;
	}
	if (!direct_find(&founding.direct, tool) || sodium_init() < 0)
		return EXIT_USAGE;
	snprintf(founding.identity, sizeof(founding.identity), "operator:%s", name);
	founding.partition = identity_partition(text_of(founding.identity));
	if (open_data(&founding, tool) && claim(&founding) && give(&founding, ROLE_OPERATOR) &&
		give(&founding, ROLE_SECURITY) && note(&founding) && invite(&founding, token))
		status = EXIT_DONE;
	if (status == EXIT_DONE)
		look_for_others(&founding);
	direct_close(&founding.direct);
	if (status == EXIT_DONE && founding.has_others)
		fputs(T("gridctl: there are operators already; this is another\n",
			      "gridctl: 已有运维账号，这是又一个\n"),
			stderr);
	if (status == EXIT_DONE)
		print_invite(tool, &founding,
			T("is operator, and gives rights (security), everywhere",
				"现为全国范围的运维（operator）与授权（security）"),
			token);
	sodium_memzero(token, sizeof(token));
	return status;
}

int
run_operator_invite(struct tool *tool)
{
	const char *typed = tool->args.words[0];
	struct founding founding = {.partition = 0};
	char token[TOKEN_TEXT_MAX];
	int status = EXIT_AWAY;

	if (!id_parse(&founding.person, text_of(typed))) {
		fprintf(stderr,
			T("gridctl: '%s': the id of somebody who is there, as 3.77\n",
				"gridctl: “%s”：请写已有账号的编号，如 3.77\n"),
			typed);
		return EXIT_USAGE;
	}
	if (!direct_find(&founding.direct, tool) || sodium_init() < 0)
		return EXIT_USAGE;
	founding.partition = founding.person.partition;
	if (open_data(&founding, tool) && remove_factor(&founding) && invite(&founding, token))
		status = EXIT_DONE;
	direct_close(&founding.direct);
	if (founding.is_nobody) {
		fprintf(stderr, T("gridctl: '%s': there is no such person\n", "gridctl: “%s”：没有这个人\n"), typed);
		status = EXIT_REFUSED;
	}
	if (status == EXIT_DONE)
		print_invite(tool, &founding,
			T("has no second factor any more, and keeps his roles", "的第二因素已移除，角色不变"), token);
	sodium_memzero(token, sizeof(token));
	return status;
}
