/* role.c - who may do what: give and take roles, and list them. */
#include "role_words.h"

#include <stdio.h>
#include <string.h>

#include "tool.h"

#define PAGE 100

typedef Gridvanguard__V1__Grant Grant;

const char *
role_words(enum role role)
{
	switch (role) {
	case ROLE_MEMBER:
		return T("member", "党员、志愿者");
	case ROLE_WORKER:
		return T("grid worker", "网格员");
	case ROLE_SECRETARY:
		return T("secretary", "支部书记");
	case ROLE_SUPERVISOR:
		return T("supervisor", "督导");
	case ROLE_DEPARTMENT:
		return T("department", "部门");
	case ROLE_UNIT:
		return T("unit", "共建单位");
	case ROLE_OPERATOR:
		return T("operator", "运维");
	case ROLE_SECURITY:
		return T("security: gives rights", "安全管理（授权）");
	case ROLE_AUDITOR:
		return T("auditor", "审计");
	case ROLE_NONE:
	case ROLES:
		break;
	}
	return "";
}

bool
read_role(enum role *out, const char *typed)
{
	if (role_parse(out, text_of(typed)))
		return true;
	for (enum role role = ROLE_NONE + 1; role < ROLES; role++) {
		if (strcmp(role_words(role), typed) != 0)
			continue;
		*out = role;
		return true;
	}
	fprintf(stderr, T("gridctl: '%s' is no role; there are:", "gridctl: 没有“%s”这个角色；可用的有："), typed);
	for (enum role role = ROLE_NONE + 1; role < ROLES; role++)
		fprintf(stderr, " %s", role_name(role));
	fprintf(stderr, "\n");
	return false;
}

static char *
typed_place(struct tool *tool, unsigned index)
{
	return UNCONST(tool->args.word_count > index ? tool->args.words[index] : "");
}

int
run_role_give(struct tool *tool)
{
	Gridvanguard__V1__GrantGive body = GRIDVANGUARD__V1__GRANT_GIVE__INIT;
	Request request = REQUEST(GRANT_GIVE, &body);
	const char *until = args_get(&tool->args, "until");
	enum role role;

	if (!read_role(&role, tool->args.words[1]))
		return EXIT_USAGE;
	if (until && !when_parse(&body.until_ms, until, caller_now_ms(tool->caller))) {
		fprintf(stderr,
			T("gridctl: --until '%s' is no time, as 23:00, '2026-04-12 23:00' or +4h\n",
				"gridctl: --until“%s”不是时间，如 23:00、'2026-04-12 23:00'、+4h\n"),
			until);
		return EXIT_USAGE;
	}
	body.person = UNCONST(tool->args.words[0]);
	body.role = (Gridvanguard__V1__Role)role;
	body.place = typed_place(tool, 2);
	if (role_is_duty(role))
		return tool_do(tool, &request,
			T("given; if it is new to him he is logged out everywhere: back in comes who has the WeChat, "
			  "or by "
			  "gridctl operator invite",
				"已授予；如为新授予，其所有设备均已退出：请用本人微信重新登录，或由运维 gridctl "
				"operator invite"));
	return tool_do(tool, &request, T("given", "已授予"));
}

int
run_role_take(struct tool *tool)
{
	Gridvanguard__V1__GrantTake body = GRIDVANGUARD__V1__GRANT_TAKE__INIT;
	Request request = REQUEST(GRANT_TAKE, &body);
	enum role role;

	if (!read_role(&role, tool->args.words[1]))
		return EXIT_USAGE;
	body.person = UNCONST(tool->args.words[0]);
	body.role = (Gridvanguard__V1__Role)role;
	body.place = typed_place(tool, 2);
	return tool_do(tool, &request, T("taken back", "已收回"));
}

/* List. */

static void
print_grant(struct tool *tool, const Grant *grant)
{
	char until[WHEN_TEXT] = "";

	if (tool->json) {
		print_message(&grant->base);
		return;
	}
	if (grant->until_ms > 0)
		when_print(until, grant->until_ms, caller_now_ms(tool->caller));
	print_padded(grant->person, 10);
	print_padded(role_name((enum role)grant->role), 12);
	print_padded(grant->place[0] ? grant->place : T("everywhere", "全国"), 20);
	printf("%s%s\n", until[0] ? T("until ", "至 ") : "", until);
}

static void
take_grants(struct tool *tool, const Answer *answer, struct paging *paging, void *context)
{
	const Gridvanguard__V1__GrantListResult *page = answer->grant_list;

	(void)context;
	for (size_t i = 0; i < page->n_grants; i++)
		print_grant(tool, page->grants[i]);
	paging_took(paging, page->n_grants, page->n_grants ? page->grants[page->n_grants - 1]->person : "", page->more);
}

int
run_role_list(struct tool *tool)
{
	Gridvanguard__V1__GrantList body = GRIDVANGUARD__V1__GRANT_LIST__INIT;
	Request request = REQUEST(GRANT_LIST, &body);
	struct paging paging;
	int status;

	body.place = typed_place(tool, 0);
	body.count = PAGE;
	status = tool_pages(tool, &request, &body.after, &paging, ALL_PAGES, take_grants, NULL);
	if (status == EXIT_DONE)
		print_list_end(tool, &paging, T("nobody holds a role there", "该地无人担任角色"));
	return status;
}
