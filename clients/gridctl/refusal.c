/* refusal.c - why the hub said no, in the words of who typed the command line: the flag that is meant, and the rule it
 * breaks. */
#include <stdio.h>
#include <string.h>

#include "tool.h"

#define PATH_MAX_BYTES 64

const char *
status_words(enum status status)
{
	switch (status) {
	case OK:
		return T("done", "完成");
	case BAD_REQUEST:
		return T("not accepted as written", "填写有误");
	case UNAUTHENTICATED:
		return T("not logged in", "未登录");
	case FORBIDDEN:
		return T("not allowed", "无权限");
	case NOT_FOUND:
		return T("no such thing", "不存在");
	case CLOSED:
		return T("closed: no more sign-ups", "已结束接龙");
	case FULL:
		return T("full", "已满");
	case ALREADY:
		return T("it is so already", "已经如此");
	case TOO_LATE:
		return T("too late: the deadline has passed", "已过截止时间");
	case BUSY:
		return T("the hub is busy", "中枢繁忙");
	case UNAVAILABLE:
		return T("not possible now", "暂时不可用");
	case STALE_CURSOR:
		return T("away for too long", "离开太久");
	case INTERNAL:
		return T("a fault of the hub", "中枢内部错误");
	case CHANGED:
		return T("somebody changed it meanwhile: look at it again", "期间已被他人修改，请重新查看");
	case CLASH:
		return T("another shift of yours is at the same time", "与您的另一个班次时间冲突");
	}
	return T("an answer this gridctl does not know", "未知的回答");
}

/* What was typed. */

/* A field of a request, and how a command line says it: by a flag, or by the word of that placeholder. What has no row is
 * a flag of the field's own name. */
static const struct {
	const char *field;
	const char *flag;
	const char *word;
} typed[] = {
	{"answers", "answer", NULL},
	{"call", NULL, "CALL"},
	{"deadline_ms", "deadline", NULL},
	{"ends_ms", "ends", NULL},
	{"entry", NULL, "ENTRY"},
	{"grant_minutes", "grant", NULL},
	{"person", "for", "PERSON"},
	{"place", "place", "PLACE"},
	{"questions", "question", NULL},
	{"role", NULL, "ROLE"},
	{"slots", "slot", NULL},
	{"starts_ms", "starts", NULL},
	{"text", NULL, "TEXT"},
	{"device", NULL, "NUMBER"},
	{"until_ms", "until", NULL},
	{"under", "place", "PLACE"},
	{"version", "seen", NULL},
	{"walk_up", "walk-up", NULL},
	{"window_minutes", "window", NULL},
};

/* The word typed for a placeholder; NULL if the verb has none of that name. */
static const char *
word_of(const struct tool *tool, const char *placeholder)
{
	const char *at = tool->spec->words;
	size_t len = strlen(placeholder);

	for (unsigned i = 0; *at && i < tool->args.word_count; i++) {
		size_t name = strspn(at, "["), end = strcspn(at, " ");
		if (strncmp(at + name, placeholder, len) == 0)
			return tool->args.words[i];
		at += end + (at[end] == ' ');
	}
	return NULL;
}

static bool
has_flag(const struct verb_spec *spec, const char *name)
{
	for (const struct flag *flag = spec->flags; flag && flag->name; flag++)
		if (strcmp(flag->name, name) == 0)
			return true;
	return false;
}

/* "--deadline", "--slot 3" for the third, or a word as it was typed. "" for what this command line cannot say, or does
 * not and is not at fault for. */
static void
typed_as(const struct tool *tool, enum status status, const char *field, char *out, size_t room)
{
	char root[PATH_MAX_BYTES], number[16] = "";
	const char *flag = root, *word = NULL;
	unsigned index;

	snprintf(root, sizeof(root), "%.*s", (int)strcspn(field, ".["), field);
	if (sscanf(field + strlen(root), "[%u]", &index) == 1)
		snprintf(number, sizeof(number), " %u", index + 1);
	for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
		if (strcmp(typed[i].field, root) != 0)
			continue;
		flag = typed[i].flag;
		word = typed[i].word ? word_of(tool, typed[i].word) : NULL;
	}
	out[0] = '\0';
	if (word)
		snprintf(out, room, T("'%s'", "“%s”"), word);
	else if (flag && has_flag(tool->spec, flag) && (status == BAD_REQUEST || args_get(&tool->args, flag)))
		snprintf(out, room, "--%s%s", flag, number);
}

/* Rules. */

#define IN_ONE_LINE  "characters, in one line"
#define NOT_RISKY    ", and nothing that WeChat finds risky"
#define NOT_RISKY_ZH "，不得有微信认定的违规内容"
#define NO_ROLE                                                                                                                           \
	"it is not for your grid, and you hold no role there that allows it", "与您的网格无关，您在该地也没有相应的角" \
									      "色"

#define OVER_PERSON                                                                                                    \
	"it takes to give all roles that he holds, or to be worker or secretary where he is registered; an operator, " \
	"security or auditor: gridctl operator invite",                                                                \
		"需要能授予此人的全部角色，或是其报到地的网格员、书记；运维、授权、审计人员：gridctl operator invite"

/* A rule that is broken by a field: of any verb, or of those whose name begins so. Fields within fields are named with
 * dots, items of lists without their number. The first that fits is meant. */
static const struct {
	enum status status;
	const char *field;
	const char *verb;
	const char *english;
	const char *chinese;
} rules[] = {
	{BAD_REQUEST, "title", "", "1 to 60 " IN_ONE_LINE NOT_RISKY, "1 到 60 个字，不换行" NOT_RISKY_ZH},
	{BAD_REQUEST, "body", "", "at most 2,000 characters" NOT_RISKY, "最多 2000 个字" NOT_RISKY_ZH},
	{BAD_REQUEST, "meeting", "", "at most 120 " IN_ONE_LINE, "最多 120 个字，不换行"},
	{BAD_REQUEST, "bring", "", "at most 120 " IN_ONE_LINE, "最多 120 个字，不换行"},
	{BAD_REQUEST, "deadline_ms", "", "must lie in the future, at most 366 days ahead",
		"必须在现在之后，最多 366 天"},
	{BAD_REQUEST, "limit", "call edit", "it would move more than 10,000 lines at once",
		"一次会变动超过 10000 条接龙"},
	{BAD_REQUEST, "slots.label", "", "its label has 1 to 40 " IN_ONE_LINE NOT_RISKY,
		"名称为 1 到 40 个字，不换行" NOT_RISKY_ZH},
	{BAD_REQUEST, "slots", "call edit",
		"shifts are not taken away, and a call without any gets none once somebody signed up",
		"班次不能去掉；无班次的召集已有人报名后不能再加班次"},
	{BAD_REQUEST, "questions.label", "", "1 to 40 " IN_ONE_LINE NOT_RISKY ", nor its choices",
		"1 到 40 个字，不换行" NOT_RISKY_ZH "，选项亦然"},
	{BAD_REQUEST, "questions.choices", "", "2 to 10 choices, each of 1 to 20 " IN_ONE_LINE,
		"2 到 10 个选项，每个 1 到 20 个字，不换行"},
	{BAD_REQUEST, "questions", "call edit", "they stay as they are once somebody signed up",
		"已有人报名后不能再改问题"},
	{BAD_REQUEST, "reason", "member", "at most 100 " IN_ONE_LINE NOT_RISKY, "最多 100 个字，不换行" NOT_RISKY_ZH},
	{BAD_REQUEST, "reason", "", "1 to 200 " IN_ONE_LINE NOT_RISKY, "1 到 200 个字，不换行" NOT_RISKY_ZH},
	{BAD_REQUEST, "text", "", "1 to 200 " IN_ONE_LINE NOT_RISKY, "1 到 200 个字，不换行" NOT_RISKY_ZH},
	{BAD_REQUEST, "remark", "", "at most 100 " IN_ONE_LINE NOT_RISKY, "最多 100 个字，不换行" NOT_RISKY_ZH},
	{BAD_REQUEST, "answers", "", "as the question asks, at most 200 " IN_ONE_LINE,
		"按问题回答，最多 200 个字，不换行"},
	{BAD_REQUEST, "name", "join", "1 to 20 " IN_ONE_LINE ", and not together with --for",
		"1 到 20 个字，不换行，不能与 --for 同用"},
	{BAD_REQUEST, "name", "", "1 to 20 " IN_ONE_LINE NOT_RISKY, "1 到 20 个字，不换行" NOT_RISKY_ZH},
	{BAD_REQUEST, "organisation", "", "at most 60 " IN_ONE_LINE NOT_RISKY, "最多 60 个字，不换行" NOT_RISKY_ZH},
	{BAD_REQUEST, "place", "member pending", "not a division code of 2, 4, 6, 9, 12, 15 or 18 digits",
		"不是 2、4、6、9、12、15 或 18 位的区划代码"},
	{BAD_REQUEST, "work", "member", "a grid (15 digits) or a building group (18 digits) is wanted",
		"必须是网格（15 位）或楼栋组（18 位）"},
	{BAD_REQUEST, "place", "member list", "not a division code of 2, 4, 6, 9, 12, 15 or 18 digits",
		"不是 2、4、6、9、12、15 或 18 位的区划代码"},
	{BAD_REQUEST, "place", "member", "a grid (15 digits) or a building group (18 digits) is wanted",
		"必须是网格（15 位）或楼栋组（18 位）"},
	{BAD_REQUEST, "place", "invite", "a grid (15 digits) or a building group (18 digits) is wanted",
		"必须是网格（15 位）或楼栋组（18 位）"},
	{BAD_REQUEST, "place", "", "not a division code of 2, 4, 6, 9, 12, 15 or 18 digits",
		"不是 2、4、6、9、12、15 或 18 位的区划代码"},
	{BAD_REQUEST, "under", "", "not a division code of 2, 4, 6, 9, 12, 15 or 18 digits",
		"不是 2、4、6、9、12、15 或 18 位的区划代码"},
	{BAD_REQUEST, "call", "chain paste", "name the call: its code is not in the text",
		"文字里没有呼号：请指明召集"},
	{BAD_REQUEST, "text.chain", "chain paste", "there is no chain (#接龙) in it", "其中没有“#接龙”"},
	{BAD_REQUEST, "text.lines", "chain paste", "it has more than 1,000 lines", "超过 1000 行"},
	{BAD_REQUEST, "text.copies", "chain paste", "more than 32 copies at once: paste the latest ones alone",
		"一次超过 32 份：请只粘贴最新的几份"},
	{BAD_REQUEST, "text.call", "chain paste", "only chains of other calls are in it", "其中只有其他召集的接龙"},
	{BAD_REQUEST, "call", "", "not the name of a call, as 14.5", "不是召集的编号（如 14.5）"},
	{BAD_REQUEST, "person", "", "not the id of a person, as 3.77; member list shows them",
		"不是人员编号（如 3.77）；可用 member list 查看"},
	{BAD_REQUEST, "until_ms", "", "must lie in the future", "必须在现在之后"},
	{BAD_REQUEST, "slot", "", "the call has shifts: say which", "该召集分班次：请指明"},
	{BAD_REQUEST, "code", "", "at most 40 characters", "最多 40 个字"},
	{NOT_FOUND, "place", "", "no such place is known here; see gridctl place list",
		"没有这个地点；请看 gridctl place list"},
	{NOT_FOUND, "under", "", "no such place is known here; see gridctl place list",
		"没有这个地点；请看 gridctl place list"},
	{NOT_FOUND, "call", "chain", "there is no such open call", "没有这个进行中的召集"},
	{NOT_FOUND, "call", "", "there is no such call", "没有这个召集"},
	{NOT_FOUND, "slot", "", "the call has no such shift", "该召集没有这个班次"},
	{NOT_FOUND, "number", "", "no line of that number stands in the chain", "接龙中没有这个序号"},
	{NOT_FOUND, "present", "", "nobody goes who has not come: check in first", "尚未签到，不能签退"},
	{NOT_FOUND, "person", "join", "no such person is registered", "没有这个人，或其尚未报到"},
	{NOT_FOUND, "person", "role", "nobody of that id has ever logged in", "没有这个编号的人"},
	{NOT_FOUND, "person", "invite", "nobody of that id has ever logged in", "没有这个编号的人"},
	{NOT_FOUND, "wechat", "", "this hub asks nothing of WeChat: its operator sets wechat-appid",
		"该中枢未接入微信，需由运维设置 wechat-appid"},
	{UNAVAILABLE, "wechat", "", "WeChat does not answer: see the hub's log", "微信没有响应，原因见中枢日志"},
	{INTERNAL, "wechat", "", "WeChat refused; the hub's log says why", "微信拒绝了请求，原因见中枢日志"},
	{NOT_FOUND, "role", "role", "he holds no such role there", "此人在该地没有这个角色"},
	{NOT_FOUND, "device", "device", "there is no such device", "没有这个设备"},
	{NOT_FOUND, "name", "", "there is no template of that name for that place", "该地没有这个名称的模板"},
	{NOT_FOUND, "work", "", "no such place is known here; see gridctl place list",
		"没有这个地点；请看 gridctl place list"},
	{NOT_FOUND, "person", "member accept", "nobody of that id waits there; see gridctl member pending",
		"此人不在该地待审核；请看 gridctl member pending"},
	{NOT_FOUND, "person", "member refuse", "nobody of that id waits there; see gridctl member pending",
		"此人不在该地待审核；请看 gridctl member pending"},
	{NOT_FOUND, "person", "member", "you are registered nowhere; first: gridctl member register PLACE --name NAME",
		"您尚未报到；请先：gridctl member register 地点 --name 姓名"},
	{NOT_FOUND, "person", "person correct",
		"you are registered nowhere; first: gridctl member register PLACE --name NAME",
		"您尚未报到；请先：gridctl member register 地点 --name 姓名"},
	{NOT_FOUND, "person", "person", "there is nobody of that id, or not any more", "没有这个编号的人，或已删除"},
	{NOT_FOUND, "person", "", "you have no line there", "您在其中没有接龙"},
	{FORBIDDEN, "factor", "", "your role takes a second factor first: gridctl factor begin",
		"您的角色须先设置第二因素：gridctl factor begin"},
	{NOT_FOUND, "ticket", "", "there is no such ticket, or its two minutes are over",
		"没有这个登录票，或已过两分钟"},
	{ALREADY, "ticket", "", "somebody has decided on it already", "已有人处理"},
	{FORBIDDEN, "number", "desk",
		"the desk with that ticket shows another number, and is not let in: it is not the one before you, or "
		"shows a new one now",
		"该登录票的桌面显示的是另一个数字，未允许登录：不是您面前的这台，或请改用其新的登录票"},
	{NOT_FOUND, "factor", "factor confirm", "first: gridctl factor begin", "请先：gridctl factor begin"},
	{NOT_FOUND, "factor", "", "there is none", "尚未设置"},
	{ALREADY, "factor", "member",
		"he has a second factor, which is removed first: gridctl factor remove --person PERSON",
		"此人设有第二因素，请先移除：gridctl factor remove --person 编号"},
	{ALREADY, "factor", "", "there is one; to take another: gridctl factor remove --code CODE",
		"已有第二因素；更换请先：gridctl factor remove --code 验证码"},
	{UNAUTHENTICATED, "code", "", "the code is not good, or it was used before", "验证码不正确，或已使用过"},
	{FORBIDDEN, "why", "", "your role takes a reason for that: --why REASON", "您的角色须说明理由：--why 理由"},
	{BAD_REQUEST, "who", "audit-log", "not the id of a person, as 8.1", "不是人员编号（如 8.1）"},
	{BAD_REQUEST, "why", "", "at most 100 " IN_ONE_LINE, "最多 100 个字，不换行"},
	{FORBIDDEN, "", "audit-log", "it is for an auditor of the whole country; your own: --own",
		"仅供全国范围的审计人员；查看与本人有关的请用 --own"},
	{FORBIDDEN, "call", "call phones",
		"it is for a worker or secretary of the place, until a week after the call has ended; or there is no "
		"such call",
		"仅供该地网格员、书记，至召集结束后一周；或没有这个召集"},
	{FORBIDDEN, "call", "join", NO_ROLE},
	{FORBIDDEN, "call", "call show", NO_ROLE},
	{FORBIDDEN, "call", "call export", NO_ROLE},
	{FORBIDDEN, "call", "chain text", NO_ROLE},
	{FORBIDDEN, "call", "why", NO_ROLE},
	{FORBIDDEN, "place", "", NO_ROLE},
	{FORBIDDEN, "places.place", "", NO_ROLE},
	{FORBIDDEN, "rows", "", NO_ROLE},
	{CLASH, "role", "role", "nobody is two of operator, security and auditor at once",
		"运维、授权、审计三者不得由一人兼任"},
	{FORBIDDEN, "role", "role", "to give or take that role there one must hold more",
		"在该地授予或收回此角色，需要更高的角色"},
	{FORBIDDEN, "call", "", "only who posted it may do that; or there is no such call",
		"只有发起人可以这样做；或没有这个召集"},
	{FORBIDDEN, "walk_up", "", "only who posted the call may do that", "只有发起人可以这样做"},
	{FORBIDDEN, "number", "check", "it takes the code that is shown at the door, or to have posted the call",
		"需要现场的签到码，或是发起人"},
	{FORBIDDEN, "number", "", "it is another's: only he, who signed him up and who posted the call may do that",
		"这是他人的接龙：只有本人、代报人和发起人可以这样做"},
	{FORBIDDEN, "person", "member",
		"nobody decides his own, nor lets one be a person who holds more than he may give",
		"不能审核自己的申请，也不能把角色更高者的身份交给他人"},
	{FORBIDDEN, "consent", "", "agree to the privacy policy first: gridctl person consent",
		"请先同意隐私政策：gridctl person consent"},
	{CHANGED, "version", "person", "there is another version of the privacy policy: read that",
		"隐私政策已更新，请阅读新版本"},
	{FORBIDDEN, "person", "person export",
		"for another it takes to be secretary where he is registered, and to hold what he holds",
		"导出他人信息，须为其报到地的书记，且能授予其全部角色"},
	{FORBIDDEN, "person", "person",
		"for another it takes to be secretary or security administrator where he is registered, and to hold "
		"what he holds",
		"对他人操作，须为其报到地的书记或授权管理员，且能授予其全部角色"},
	{FORBIDDEN, "person", "invite", OVER_PERSON},
	{FORBIDDEN, "person", "device", OVER_PERSON},
	{FORBIDDEN, "person", "role", "nobody gives a role to himself", "不能给自己授予角色"},
	{FORBIDDEN, "person", "factor", OVER_PERSON},
	{FORBIDDEN, "person", "", "only who is registered signs up", "报到之后才能报名"},
	{ALREADY, "place", "member register",
		"you are registered already; to live elsewhere: gridctl member move PLACE",
		"您已报到；变更请用 gridctl member move 地点"},
	{ALREADY, "role", "role", "he holds it already, and until then", "此人已有此角色，且期限相同"},
	{ALREADY, "place", "member move", "it is so already", "已是该地"},
	{ALREADY, "number", "confirm", "no offer that waits to be confirmed", "没有待确认的名额"},
	{ALREADY, "number", "check in", "checked in already", "已经签到"},
	{ALREADY, "number", "check out", "checked out already", "已经签退"},
	{CLOSED, "call", "call", "it is closed or cancelled, or still being imported", "已结束、已取消或仍在导入"},
	{CLOSED, "call", "", "closed or cancelled: it takes no sign-ups", "已结束或已取消，不再接龙"},
	{CLOSED, "number", "", "the line has no place, or the call is cancelled", "该接龙没有名额，或召集已取消"},
	{FULL, "call", "chain text", "more than 500 lines, or longer than one message takes",
		"超过 500 条，或一条消息放不下"},
	{FULL, "call", "chain paste", "too many members there, or lines in the chain, to look through",
		"该地成员或接龙过多，无法比对"},
	{FULL, "call", "", "a chain has at most 100,000 lines", "一个接龙最多 100000 条"},
	{FULL, "name", "template", "a place keeps at most 32 templates", "一地最多 32 个模板"},
	{FULL, "person", "role", "one person holds at most 32 roles", "一人最多 32 个角色"},
	{FULL, "person", "", "one signs up at most 5 others; who posted the call may go on",
		"一人最多替 5 人报名；其余可由发起人代报"},
	{TOO_LATE, "call", "", "its deadline has passed", "已过截止时间"},
	{TOO_LATE, "code", "", "not the code that is shown at the door now", "不是现场正在出示的签到码"},
	{TOO_LATE, "once", "", "the clock of this machine is wrong, or it took more than a day",
		"本机时钟有误，或已超过一天"},
};

static const char *
rule_of(const struct tool *tool, enum status status, const char *path)
{
	const char *why = args_get(&tool->args, "why");

	if (status == BAD_REQUEST && strcmp(path, "why") == 0 && (!why || !why[0]))
		return T("say why: --why REASON", "请说明理由：--why 理由");
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (rules[i].status == status && strcmp(rules[i].field, path) == 0 &&
			strncmp(rules[i].verb, tool->spec->name, strlen(rules[i].verb)) == 0)
			return T(rules[i].english, rules[i].chinese);
	return NULL;
}

/* The field without the numbers of items. */
static void
path_of(const char *field, char path[PATH_MAX_BYTES])
{
	size_t len = 0;

	for (; *field && len + 1 < PATH_MAX_BYTES; field++) {
		if (*field != '[')
			path[len++] = *field;
		else if (strchr(field, ']'))
			field = strchr(field, ']');
	}
	path[len] = '\0';
}

void
print_refusal(struct tool *tool, const Answer *answer)
{
	enum status status = (enum status)answer->status;
	const char *field = answer->field, *rule;
	char path[PATH_MAX_BYTES], said[128];

	if (tool->json) {
		print_message(&answer->base);
		return;
	}
	if (strncmp(field, "to.", 3) == 0) /* the call as an edit wants it */
		field += 3;
	path_of(field, path);
	rule = rule_of(tool, status, path);
	typed_as(tool, status, field, said, sizeof(said));
	fputs("gridctl: ", stderr);
	if (said[0] && !(rule && strstr(rule, said))) /* which may name it itself */
		fprintf(stderr, T("%s: ", "%s："), said);
	fputs(rule ? rule : status_words(status), stderr);
	if (!rule && !said[0] && field[0])
		fprintf(stderr, " (%s)", field);
	fprintf(stderr, " [%s]\n", status_name(status));
}
