/* operator.c - the first account of a system, made on its data: nobody can be asked for it yet. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "direct.h"
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
};

static struct command *
begin(const char *function, unsigned keys)
{
	struct command *command = command_create("FCALL");

	command_arg(command, text_of(function));
	command_arg_u64(command, keys);
	return command;
}

/* Asks, and gives the answer if its first word is one of these two; NULL, after a line on standard error, if not. */
static redisReply *
ask(struct founding *founding, struct command *command, const char *good, const char *also_good)
{
	redisReply *reply = direct_ask(&founding->direct, command);
	const char *status =
		reply && reply->type == REDIS_REPLY_ARRAY && reply->elements > 0 ? reply->element[0]->str : "";

	if (reply && status && (strcmp(status, good) == 0 || strcmp(status, also_good) == 0))
		return reply;
	fprintf(stderr, "gridctl: Redis: %s\n",
		direct_is_away(&founding->direct) ? founding->direct.trouble
						  : T("an answer that was not expected", "回答异常"));
	freeReplyObject(reply);
	return NULL;
}

/* The person of the identity, made if there is none. */
static bool
claim(struct founding *founding)
{
	struct command *command = begin("data_id", 1);
	char id[ID_TEXT];
	redisReply *reply;
	bool good;

	command_key(command, founding->partition, KEY_META);
	reply = ask(founding, command, "OK", "OK");
	if (!reply)
		return false;
	founding->person = (struct id){founding->partition, 0};
	good = reply->elements == 3 &&
	       text_to_u64(&founding->person.number, reply_string(reply->element[2]), ID_NUMBER_MAX);
	freeReplyObject(reply);
	if (!good)
		return false;
	command = begin("person_claim", 3);
	command_key(command, founding->partition, KEY_META);
	command_key(command, founding->partition, KEY_IDENTITIES);
	command_key(command, founding->partition, KEY_PERSON, id_print(id, founding->person));
	command_arg(command, text_of(founding->identity));
	command_arg_id(command, founding->person);
	reply = ask(founding, command, "OK", "OK");
	good = reply && reply->elements == 3 && id_parse(&founding->person, reply_string(reply->element[2]));
	freeReplyObject(reply);
	return good;
}

/* Everywhere, until it is taken back. */
static bool
give(struct founding *founding, enum role role)
{
	struct command *command = begin("grant_give", 7);
	struct uuid once = uuid_make(clock_wall_ms());
	static const char digest[16] = "";
	char id[ID_TEXT], uuid[UUID_TEXT];
	redisReply *reply;

	id_print(id, founding->person);
	command_key(command, founding->partition, KEY_META);
	command_key(command, founding->partition, KEY_LOG);
	command_key(command, founding->partition, KEY_ONCE, id, uuid_print(uuid, &once));
	command_key(command, founding->partition, KEY_PERSON, id);
	command_key(command, founding->partition, KEY_PERSON_GRANTS, id);
	command_key(command, founding->partition, KEY_GRANTED);
	command_key(command, founding->partition, KEY_DUE);
	command_arg(command, text_of(id));
	command_arg_u64(command, clock_wall_ms());
	command_arg(command, (struct text){digest, sizeof(digest)});
	command_arg(command, text_of(id));
	command_arg(command, text_of(role_name(role)));
	command_arg(command, TEXT(""));
	command_arg(command, TEXT("0"));
	reply = ask(founding, command, "OK", "ALREADY");
	freeReplyObject(reply);
	return reply != NULL;
}

/* A device that becomes one when the invite is used. */
static bool
invite(struct founding *founding, char out[TOKEN_TEXT_MAX])
{
	struct command *command = begin("device_add", 2);
	char secret[TOKEN_SECRET], hash[TOKEN_HASH], id[ID_TEXT];
	redisReply *reply;
	uint32_t device = 0;

	token_make(secret, hash);
	id_print(id, founding->person);
	command_key(command, founding->partition, KEY_PERSON, id);
	command_key(command, founding->partition, KEY_PERSON_DEVICES, id);
	command_arg(command, text_of(hash));
	command_arg(command, TEXT("1"));
	command_arg_u64(command, INVITE_MS);
	command_arg(command, TEXT("gridctl"));
	reply = ask(founding, command, "OK", "OK");
	if (reply && reply->elements == 4 && text_to_u32(&device, reply_string(reply->element[2])))
		token_print(out, founding->person, device, secret);
	token_wipe(secret);
	freeReplyObject(reply);
	return device > 0;
}

static void
print_invite(struct tool *tool, const struct founding *founding, const char *token)
{
	char id[ID_TEXT];

	id_print(id, founding->person);
	if (tool->json) {
		print_json(json_pack("{s:s, s:s, s:i}", "person", id, "invite", token, "good_for_s", INVITE_MS / 1000));
		return;
	}
	printf(T("person %s is operator, and gives rights (security), everywhere\n"
		 "the invite is good once, for a day:\n\n  %s\n\n"
		 "gridctl login --invite %s --hub ws://ADDRESS:PORT\n",
		       "用户 %s 现为全国范围的运维（operator）与授权（security）\n"
		       "邀请码一天内有效，只能使用一次：\n\n  %s\n\n"
		       "gridctl login --invite %s --hub ws://地址:端口\n"),
		id, token, token);
}

static bool
is_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= 32 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == len;
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
	if (!direct_open(&founding.direct, tool->timeout_ms))
		fprintf(stderr,
			T("gridctl: no Redis there (%s): start the hub first\n",
				"gridctl: 没有 Redis（%s）：请先启动中枢\n"),
			founding.direct.trouble);
	else if (claim(&founding) && give(&founding, ROLE_OPERATOR) && give(&founding, ROLE_SECURITY) &&
		 invite(&founding, token))
		status = EXIT_DONE;
	direct_close(&founding.direct);
	if (status == EXIT_DONE)
		print_invite(tool, &founding, token);
	sodium_memzero(token, sizeof(token));
	return status;
}
