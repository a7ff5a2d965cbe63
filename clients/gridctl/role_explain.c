/* role_explain.c - what a role may do, and how far: in words on a screen, and as the hub's own table. */
#include <stdio.h>
#include <string.h>

#include "help.h"
#include "rights.h"
#include "role_words.h"
#include "tool.h"

/* What verbs are about, for people. */
#define GROUP_LIST(X)                                        \
	X(GROUP_FIGURES, "places and figures", "地点与统计") \
	X(GROUP_CALLS, "calls", "召集")                      \
	X(GROUP_CHAIN, "chain", "接龙")                      \
	X(GROUP_MEMBERS, "members", "成员")                  \
	X(GROUP_ROSTER, "roster", "名册")                    \
	X(GROUP_ROLES, "roles and the log", "角色与审计")    \
	X(GROUP_ACCOUNT, "account", "账号")

enum group {
#define GROUP_MEMBER(name, english, chinese) name,
	GROUP_LIST(GROUP_MEMBER)
#undef GROUP_MEMBER
		GROUPS
};

static const char *
group_words(enum group group)
{
	static const char *const words[GROUPS][2] = {
#define GROUP_WORDS(name, english, chinese) [name] = {english, chinese},
		GROUP_LIST(GROUP_WORDS)
#undef GROUP_WORDS
	};

	return T(words[group][0], words[group][1]);
}

/* What each verb is in words: "he may …". One without a row does not compile. */
/* clang-format off */
#define WORDS_LOGIN           {GROUP_ACCOUNT, "log in", "登录"}
#define WORDS_WATCH           {GROUP_FIGURES, "watch figures live", "实时查看统计"}
#define WORDS_PLACE_IMPORT    {GROUP_FIGURES, "bring in places", "导入地点"}
#define WORDS_PLACE_LIST      {GROUP_FIGURES, "list places", "查看地点"}
#define WORDS_PLACE_SHOW      {GROUP_FIGURES, "see a place", "查看某地"}
#define WORDS_TALLY_LIST      {GROUP_FIGURES, "see tallies", "查看统计数字"}
#define WORDS_MEMBER_REGISTER {GROUP_MEMBERS, "register", "报到"}
#define WORDS_MEMBER_MOVE     {GROUP_MEMBERS, "move", "变更居住地、工作地"}
#define WORDS_MEMBER_LEAVE    {GROUP_MEMBERS, "end the registration", "取消报到"}
#define WORDS_MEMBER_LIST     {GROUP_MEMBERS, "list members by name", "查看成员姓名"}
#define WORDS_PHONE_BIND      {GROUP_ACCOUNT, "give the phone", "登记手机号"}
#define WORDS_MEMBER_CORRECT  {GROUP_MEMBERS, "correct the name", "更正姓名"}
#define WORDS_PENDING_LIST    {GROUP_MEMBERS, "see who waits", "查看待审核者"}
#define WORDS_PENDING_DECIDE  {GROUP_MEMBERS, "let in who waits, or not", "审核申请"}
#define WORDS_SIGN_UP_LIST    {GROUP_CHAIN, "list sign-ups and hours", "查看报名与服务时长"}
#define WORDS_CALL_POST       {GROUP_CALLS, "post", "发布召集"}
#define WORDS_CALL_LIST       {GROUP_CALLS, "list", "查看列表"}
#define WORDS_CALL_SHOW       {GROUP_CALLS, "see one", "查看召集"}
#define WORDS_CALL_CLOSE      {GROUP_CALLS, "close", "结束"}
#define WORDS_CALL_REOPEN     {GROUP_CALLS, "reopen", "重新开放"}
#define WORDS_CALL_CANCEL     {GROUP_CALLS, "cancel", "取消召集"}
#define WORDS_CALL_EDIT       {GROUP_CALLS, "edit", "修改"}
#define WORDS_CALL_THANK      {GROUP_CALLS, "thank", "致谢"}
#define WORDS_CHAIN_JOIN      {GROUP_CHAIN, "sign up", "接龙报名"}
#define WORDS_CHAIN_WITHDRAW  {GROUP_CHAIN, "withdraw", "退出接龙"}
#define WORDS_CHAIN_LIST      {GROUP_CHAIN, "see who signed up", "查看接龙"}
#define WORDS_CHAIN_CONFIRM   {GROUP_CHAIN, "take an offered place", "确认递补名额"}
#define WORDS_CHAIN_CHECK     {GROUP_CHAIN, "check in and out", "签到签退"}
#define WORDS_CHAIN_CODE      {GROUP_CHAIN, "show the code at the door", "出示签到码"}
#define WORDS_CHAT_PRINT      {GROUP_CHAIN, "print it for a WeChat group", "输出为微信群接龙"}
#define WORDS_CHAT_PREVIEW    {GROUP_CHAIN, "paste it from a WeChat group", "粘贴微信群接龙"}
#define WORDS_TEMPLATE_SAVE   {GROUP_CALLS, "save templates", "保存模板"}
#define WORDS_TEMPLATE_LIST   {GROUP_CALLS, "use templates", "使用模板"}
#define WORDS_TEMPLATE_REMOVE {GROUP_CALLS, "remove templates", "删除模板"}
#define WORDS_ROSTER_IMPORT   {GROUP_ROSTER, "import", "导入"}
#define WORDS_ROSTER_LIST     {GROUP_ROSTER, "list by name", "查看名单"}
#define WORDS_ROSTER_REMOVE   {GROUP_ROSTER, "take somebody off", "移出人员"}
#define WORDS_GRANT_GIVE      {GROUP_ROLES, "give roles below his own", "授予低于本人的角色"}
#define WORDS_GRANT_TAKE      {GROUP_ROLES, "take them back", "收回角色"}
#define WORDS_GRANT_LIST      {GROUP_ROLES, "see who holds which", "查看角色"}
#define WORDS_CONSENT_GIVE    {GROUP_ACCOUNT, "agree to the privacy policy", "同意隐私政策"}
#define WORDS_PERSON_EXPORT   {GROUP_MEMBERS, "get a copy of what is held of one", "导出个人信息"}
#define WORDS_PERSON_ERASE    {GROUP_MEMBERS, "have one erased", "删除个人信息"}
#define WORDS_DEVICE_LIST     {GROUP_ACCOUNT, "list devices", "查看设备"}
#define WORDS_DEVICE_REVOKE   {GROUP_ACCOUNT, "log a device out", "退出设备"}
#define WORDS_FACTOR_BEGIN    {GROUP_ACCOUNT, "begin a second factor", "设置第二因素"}
#define WORDS_FACTOR_CONFIRM  {GROUP_ACCOUNT, "confirm it", "确认第二因素"}
#define WORDS_FACTOR_REMOVE   {GROUP_ACCOUNT, "remove it", "移除第二因素"}
#define WORDS_DESK_OPEN       {GROUP_ACCOUNT, "ask to be let in at a desk", "请求桌面登录"}
#define WORDS_DESK_SHOW       {GROUP_ACCOUNT, "see a desk that asks", "查看请求登录的桌面"}
#define WORDS_DESK_CONFIRM    {GROUP_ACCOUNT, "let a desk in", "允许桌面登录"}
#define WORDS_INVITE_GIVE     {GROUP_MEMBERS, "invite somebody new", "邀请新用户"}
#define WORDS_CHAIN_PHONES    {GROUP_CHAIN, "see the phones", "查看报名者手机号"}
#define WORDS_AUDIT_LIST      {GROUP_ROLES, "read the audit log", "查阅审计日志"}
#define WORDS_SUBSCRIBE_TELL  {GROUP_ACCOUNT, "be told by WeChat", "接收微信通知"}
#define WORDS_PLACE_IMAGE     {GROUP_FIGURES, "get the code for a poster", "获取海报小程序码"}
/* clang-format on */

static const struct {
	enum group group;
	const char *english, *chinese;
} verbs[VERB_COUNT] = {
#define WORDS_ROW(name, NAME, kind) [VERB_##NAME] = WORDS_##NAME,
	VERB_LIST(WORDS_ROW)
#undef WORDS_ROW
};

/* How far, in the order in which it is told. */
enum extent { EXTENT_OVER, EXTENT_RELATED, EXTENT_REASON, EXTENT_ALL, EXTENT_OWN, EXTENT_NONE };

static enum extent
extent_of(enum verb verb, enum role role)
{
	if (rights_subject(verb) == SUBJECT_OWN)
		return EXTENT_OWN;
	switch (rights_reach(verb, role)) {
	case REACH_OVER:
		return rights_subject(verb) == SUBJECT_ALL ? EXTENT_ALL : EXTENT_OVER;
	case REACH_RELATED:
		return EXTENT_RELATED;
	case REACH_REASON:
		return EXTENT_REASON;
	case REACH_NONE:
		break;
	}
	return EXTENT_NONE;
}

/* On a screen. */

/* All of a group with that extent, on one line. */
static void
tell_group(enum role role, enum extent extent, enum group group)
{
	bool any = false;

	for (enum verb verb = 0; verb < VERB_COUNT; verb++) {
		if (verbs[verb].group != group || extent_of(verb, role) != extent)
			continue;
		if (any)
			fputs(T(", ", "、"), stdout);
		else
			printf(T("    %s: ", "    %s："), group_words(group));
		fputs(T(verbs[verb].english, verbs[verb].chinese), stdout);
		any = true;
	}
	if (any)
		putchar('\n');
}

static void
tell_extent(enum role role, enum extent extent, const char *head)
{
	bool any = false;

	for (enum verb verb = 0; verb < VERB_COUNT; verb++)
		any = any || extent_of(verb, role) == extent;
	if (!any)
		return;
	printf("  %s\n", head);
	for (enum group group = 0; group < GROUPS; group++)
		tell_group(role, extent, group);
}

static void
tell_role(enum role role)
{
	printf("%s (%s)\n", role_name(role), role_words(role));
	tell_extent(role, EXTENT_OVER, T("at the place of the role and below it", "在任职地及以下"));
	tell_extent(role, EXTENT_RELATED, T("there, below it and above it", "在任职地、以下及以上"));
	tell_extent(role, EXTENT_REASON,
		T("there and below it, with a stated reason (--why)", "在任职地及以下，须说明理由（--why）"));
	tell_extent(role, EXTENT_ALL, T("only where it is held over the whole country", "仅限全国范围的任职"));
}

static void
tell_rest(void)
{
	puts(T("what is one's own (registration, lines, calls, devices) takes no role; "
	       "--all has every verb, --verb VERB one",
		"本人的事项（报到、接龙、召集、设备）不需角色；全部操作见 --all，单个操作见 --verb"));
}

/* The table. */

/* For programs, and for people. */
static const char *
reach_of(const struct tool *tool, enum verb verb, enum role role)
{
	switch (extent_of(verb, role)) {
	case EXTENT_OWN:
		return tool->json ? "own" : T("what is one's own", "限本人的");
	case EXTENT_ALL:
		return tool->json ? "all" : T("held over the whole country", "须为全国范围");
	case EXTENT_OVER:
		return tool->json ? "over" : T("there and below", "本地及以下");
	case EXTENT_RELATED:
		return tool->json ? "related" : T("there, below and above", "本地、以下及以上");
	case EXTENT_REASON:
		return tool->json ? "reason"
				  : T("there and below, with a reason (--why)", "本地及以下，须说明理由（--why）");
	case EXTENT_NONE:
		break;
	}
	return tool->json ? "none" : T("no", "否");
}

static void
print_reach(const struct tool *tool, enum role role, enum verb verb)
{
	const char *reach = reach_of(tool, verb, role);

	if (tool->json) {
		print_json(
			json_pack("{s:s, s:s, s:s}", "role", role_name(role), "verb", verb_name(verb), "reach", reach));
		return;
	}
	printf("  ");
	print_padded(verb_name(verb), 18);
	print_padded(T(verbs[verb].english, verbs[verb].chinese), 36);
	printf("%s\n", reach);
}

static void
print_table(const struct tool *tool, enum role role)
{
	if (!tool->json)
		printf("%s (%s)\n", role_name(role), role_words(role));
	for (enum verb verb = 0; verb < VERB_COUNT; verb++)
		print_reach(tool, role, verb);
}

/* One verb, and what it is to each role. */
static void
print_verb(const struct tool *tool, enum role only, enum verb verb)
{
	if (!tool->json)
		printf("%s (%s)\n", verb_name(verb), T(verbs[verb].english, verbs[verb].chinese));
	for (enum role role = ROLE_NONE + 1; role < ROLES; role++) {
		if (only != ROLE_NONE && role != only)
			continue;
		if (tool->json) {
			print_reach(tool, role, verb);
			continue;
		}
		printf("  ");
		print_padded(role_name(role), 12);
		printf("%s\n", reach_of(tool, verb, role));
	}
}

/* "call_post", also as it is typed: "call post", "call-post". */
static bool
read_verb(enum verb *out, const char *typed)
{
	char name[48];

	snprintf(name, sizeof(name), "%s", typed);
	for (char *c = name; *c; c++)
		if (*c == ' ' || *c == '-')
			*c = '_';
	for (enum verb verb = 0; verb < VERB_COUNT; verb++)
		if (strcmp(verb_name(verb), name) == 0) {
			*out = verb;
			return true;
		}
	fprintf(stderr,
		T("gridctl: --verb: '%s' is no verb of the protocol: gridctl role explain member --all lists them\n",
			"gridctl: --verb：没有“%s”这个操作，全部见 gridctl role explain member --all\n"),
		typed);
	return false;
}

int
run_role_explain(struct tool *tool)
{
	const char *typed = args_get(&tool->args, "verb");
	bool all = args_get(&tool->args, "all") || tool->json;
	enum role only = ROLE_NONE;
	enum verb verb;

	if (tool->args.word_count > 0 && !read_role(&only, tool->args.words[0]))
		return EXIT_USAGE;
	if (typed && !read_verb(&verb, typed))
		return EXIT_USAGE;
	if (typed) {
		print_verb(tool, only, verb);
		return EXIT_DONE;
	}
	for (enum role role = ROLE_NONE + 1; role < ROLES; role++) {
		if (only != ROLE_NONE && role != only)
			continue;
		if (all)
			print_table(tool, role);
		else
			tell_role(role);
	}
	if (!all)
		tell_rest();
	return EXIT_DONE;
}

/* The table, as a part of the manual page. */

static const char *
mark_of(enum verb verb, enum role role)
{
	static const char *const marks[] = {[EXTENT_OVER] = "over",
		[EXTENT_RELATED] = "rel",
		[EXTENT_REASON] = "why",
		[EXTENT_ALL] = "all",
		[EXTENT_OWN] = "own",
		[EXTENT_NONE] = "\\-"};

	return marks[extent_of(verb, role)];
}

void
print_man_rights(void)
{
	printf(".SH WHO MAY DO WHAT\nA role is held at a place. over: there and below; rel: also above; why: there and "
	       "below, "
	       "with a stated reason (\\-\\-why); all: held over the whole country; own: everybody, about what is his "
	       "own. "
	       "The roles, one column each:");
	for (enum role role = ROLE_NONE + 1; role < ROLES; role++)
		printf(" %s%s", role_name(role), role + 1 < ROLES ? "," : ".");
	printf("\n.PP\n.nf\n");
	for (enum verb verb = 0; verb < VERB_COUNT; verb++) {
		printf("%-18s", verb_name(verb));
		if (rights_subject(verb) == SUBJECT_OWN)
			printf(" own");
		for (enum role role = ROLE_NONE + 1; rights_subject(verb) != SUBJECT_OWN && role < ROLES; role++) {
			const char *mark = mark_of(verb, role);
			printf(" %s%*s", mark, (int)(4 - (mark[0] == '\\' ? 1 : strlen(mark))), "");
		}
		putchar('\n');
	}
	printf(".fi\n");
}
