/* person.c - what is held of a person, and his rights over it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

/* Whom the command line names; "" for oneself. */
static const char *
who(const struct tool *tool)
{
	return tool->args.word_count > 0 ? tool->args.words[0] : "";
}

static void
give_reason(const struct tool *tool, Request *request)
{
	const char *why = args_get(&tool->args, "why");

	if (why)
		request->why = UNCONST(why);
}

/* By --yes, or by whoever sits at the terminal. */
static bool
is_confirmed(const struct tool *tool, const char *question)
{
	char said[16] = "";

	if (args_get(&tool->args, "yes"))
		return true;
	if (tool->json || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return false;
	fputs(question, stderr);
	if (!fgets(said, sizeof(said), stdin))
		return false;
	return said[0] == 'y' || said[0] == 'Y' || strncmp(said, "是", strlen("是")) == 0;
}

/* Consent. */

/* Where it can be read: the hub shows it at the address that it is spoken to by, as http(s). */
static void
tell_where_it_is(const struct tool *tool, const char *version)
{
	const char *url = tool->url, *host = strstr(url, "://");
	int len = (int)strcspn(host ? host + 3 : "", "/");

	fprintf(stderr, T("the privacy policy, version %s: %s%.*s/privacy.en\n", "隐私政策，版本 %s：%s%.*s/privacy\n"),
		version, strncmp(url, "wss:", 4) == 0 ? "https://" : "http://", len, host ? host + 3 : "");
}

int
run_person_consent(struct tool *tool)
{
	Gridvanguard__V1__ConsentGive body = GRIDVANGUARD__V1__CONSENT_GIVE__INIT;
	Request request = REQUEST(CONSENT_GIVE, &body);
	const char *version = args_get(&tool->args, "policy");

	body.withdraw = args_get(&tool->args, "withdraw") != NULL;
	body.version = UNCONST(version ? version : caller_policy(tool->caller));
	if (!body.withdraw)
		tell_where_it_is(tool, body.version);
	if (!body.withdraw &&
		!is_confirmed(tool, T("have you read it, and do you agree? [y/N] ", "已阅读并同意？[y/N] "))) {
		fputs(T("gridctl: nothing was done; --yes agrees\n", "gridctl: 未执行；加 --yes 即表示同意\n"), stderr);
		return EXIT_USAGE;
	}
	return tool_do(tool, &request,
		body.withdraw ? T("withdrawn: you are registered nowhere; to be erased: gridctl person erase",
					"已撤回：报到已取消；如需删除个人信息：gridctl person erase")
			      : T("agreed to the privacy policy", "已同意隐私政策"));
}

/* Erase. */

static void
tell_what_goes(const char *person)
{
	if (person[0])
		fprintf(stderr, T("person %s is erased: ", "将删除用户 %s："), person);
	else
		fputs(T("you are erased: ", "将删除您本人："), stderr);
	fputs(T("registration, roles and devices end at once; name, phone, WeChat identity and the roster's entry\n"
		"of his phone go (an entry of another phone: gridctl roster remove), and so do the remarks and answers "
		"on all lines. In open calls the place is given to the first in line; other lines stay without a "
		"name,\n"
		"for the figures. It cannot be\n"
		"undone; whoever logs in by the same WeChat afterwards is somebody new.\n",
		      "报到、角色和设备立即终止；姓名、手机号、微信身份和名册中该手机号的条目，以及全部接龙的\n"
		      "备注和回答都会删除（名册中其他手机号的条目：gridctl roster "
		      "remove）。进行中的召集里名额让给候补首位；其余接龙行不带姓名保留，仅供统计。此操作不可撤销；以后"
		      "用同一微信登录即为新用户。\n"),
		stderr);
}

int
run_person_erase(struct tool *tool)
{
	Gridvanguard__V1__PersonErase body = GRIDVANGUARD__V1__PERSON_ERASE__INIT;
	Request request = REQUEST(PERSON_ERASE, &body);

	if (!args_get(&tool->args, "yes"))
		tell_what_goes(who(tool));
	if (!is_confirmed(tool, T("erase? [y/N] ", "删除？[y/N] "))) {
		fputs(T("gridctl: nothing was done; --yes does it\n", "gridctl: 未执行；加 --yes 才执行\n"), stderr);
		return EXIT_USAGE;
	}
	body.person = UNCONST(who(tool));
	give_reason(tool, &request);
	return tool_do(
		tool, &request, T("erased; what is left elsewhere goes within seconds", "已删除；其余各处数秒内清除"));
}
