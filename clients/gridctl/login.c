/* login.c - who we are. */
#include <stdio.h>
#include <string.h>

#include "role.h"
#include "tool.h"

#define STATE(name) GRIDVANGUARD__V1__REGISTRATION_STATE__REGISTRATION_STATE_##name

static json_t *
roles_of(const Gridvanguard__V1__LoginResult *login)
{
	json_t *roles = json_array();

	for (size_t i = 0; i < login->n_grants; i++)
		json_array_append_new(
			roles, json_pack("{s:s, s:s}", "role", role_name((enum role)login->grants[i]->role), "place",
				       login->grants[i]->place));
	return roles;
}

static const char *
state_word(const Gridvanguard__V1__LoginResult *login)
{
	return login->registration == STATE(PENDING)      ? "pending"
	       : login->registration == STATE(REGISTERED) ? "registered"
	       : login->registration == STATE(REFUSED)    ? "refused"
							  : "none";
}

/* Where one's own request stands, and what one may do: what nobody else tells him. */
static void
print_state(const Gridvanguard__V1__LoginResult *login)
{
	if (login->registration == STATE(PENDING))
		puts(T("your registration waits for the yes of a worker or secretary of the place",
			"您的报到正在等待该地网格员或书记审核"));
	if (login->registration == STATE(REFUSED))
		printf(T("your registration was refused: %s\n", "您的报到未获通过：%s\n"), login->refusal);
	for (size_t i = 0; i < login->n_grants; i++)
		printf(T("role: %s, %s\n", "角色：%s，%s\n"), role_name((enum role)login->grants[i]->role),
			login->grants[i]->place[0] ? login->grants[i]->place : T("everywhere", "全国"));
}

static void
print_self(struct tool *tool)
{
	const Gridvanguard__V1__LoginResult *login = caller_login(tool->caller);
	const char *place = caller_place(tool->caller);

	if (tool->json) {
		print_json(json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "hub", tool->url, "handle", tool->handle,
			"person", caller_person(tool->caller), "place", place, "name", caller_name(tool->caller),
			"registration", state_word(login), "roles", roles_of(login)));
		return;
	}
	printf(T("%s is person %s at %s", "%s 是用户 %s，中枢 %s"),
		tool->handle[0] ? tool->handle : T("whoever has this invite or token", "持有此邀请码或令牌者"),
		caller_person(tool->caller), tool->url);
	if (place[0])
		printf(T(", registered at %s as %s\n", "，已在 %s 报到，姓名 %s\n"), place, caller_name(tool->caller));
	else
		printf(T(", registered nowhere\n", "，尚未报到\n"));
	print_state(login);
}

/* Stays who he is for the next calls. */
static int
keep_login(struct tool *tool)
{
	print_self(tool);
	if (caller_needs_factor(tool->caller) && !tool->json)
		puts(T("set up a second factor before anything else: gridctl factor begin",
			"请先设置第二因素：gridctl factor begin"));
	if (saved_session_write(tool))
		return EXIT_DONE;
	fprintf(stderr, T("gridctl: the login could not be saved\n", "gridctl: 无法保存登录\n"));
	return EXIT_LOCAL;
}

#define DESK_WAIT_MS 125000 /* a ticket is good for two minutes */

static int
log_in_at_desk(struct tool *tool)
{
	int status;

	tool->handle[0] = tool->token[0] = tool->token_file[0] = '\0';
	tool->timeout_ms = MAX(tool->timeout_ms, (uint32_t)DESK_WAIT_MS);
	status = tool_connect(tool);
	if (status == EXIT_DONE) {
		snprintf(tool->token, sizeof(tool->token), "%s", caller_token(tool->caller));
		status = keep_login(tool);
	}
	tool_disconnect(tool);
	return status;
}

int
run_login(struct tool *tool)
{
	const char *invite = args_get(&tool->args, "invite");
	int status;

	tool->code = args_get(&tool->args, "code");
	tool->desk = args_get(&tool->args, "desk");
	if (tool->desk)
		return base_is_good(tool) ? log_in_at_desk(tool) : EXIT_USAGE;
	if (!invite && !(tool->code && tool_has_token(tool)) &&
		(tool->args.word_count == 0 || !args_get(&tool->args, "dev"))) {
		fprintf(stderr, T("gridctl: say how: --invite INVITE, or HANDLE --dev\n",
					"gridctl: 请指明登录方式：--invite 邀请码，或 登录名 --dev\n"));
		return EXIT_USAGE;
	}
	if (invite) /* it may be the link that has it at its end */
		snprintf(tool->token, sizeof(tool->token), "%s",
			strrchr(invite, '/') ? strrchr(invite, '/') + 1 : invite);
	if (invite && !tool_has_token(tool)) {
		fprintf(stderr, T("gridctl: --invite: '%s' is none\n", "gridctl: --invite：“%s”不是邀请码\n"), invite);
		return EXIT_USAGE;
	}
	if (tool->args.word_count > 0 || invite)
		snprintf(tool->handle, sizeof(tool->handle), "%s", invite ? "" : tool->args.words[0]);
	if (tool->token[0] == '\0') {
		fprintf(stderr,
			T("gridctl: no development login there: give --data FOLDER of a hub started with --dev\n",
				"gridctl: 找不到开发登录：请用 --data 指定以 --dev 启动的中枢的数据目录\n"));
		return EXIT_LOGIN;
	}
	status = tool_connect(tool);
	if (status == EXIT_DONE)
		status = keep_login(tool);
	tool_disconnect(tool);
	return status;
}

int
run_logout(struct tool *tool)
{
	if (!saved_session_remove()) {
		fprintf(stderr, T("gridctl: the saved login could not be removed\n", "gridctl: 无法删除保存的登录\n"));
		return EXIT_LOCAL;
	}
	if (tool->json)
		print_json(json_pack("{s:b}", "logged_in", 0));
	else
		puts(T("logged out", "已退出登录"));
	return EXIT_DONE;
}

int
run_whoami(struct tool *tool)
{
	print_self(tool);
	return EXIT_DONE;
}
