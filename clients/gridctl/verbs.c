/* verbs.c - the table of all verbs: command line, help and manual page read it. */
#include <stddef.h>

#include "tool.h"

const struct flag global_flags[] = {
	{"data", "FOLDER", "the data folder of a hub on this machine (or " ENVIRONMENT_DATA " in the environment)",
		"本机中枢的数据目录（或环境变量 " ENVIRONMENT_DATA "）"},
	{"hub", "URL", "the hub, as ws://127.0.0.1:7412", "中枢地址，如 ws://127.0.0.1:7412"},
	{"as", "HANDLE", "be this one, by the development login, for this call only", "本次以此身份（开发登录）执行"},
	{"timeout", "SECONDS", "how long to keep trying (default 10)", "最多尝试多少秒（默认 10）"},
	{"json", NULL, "print JSON, one object a line", "输出 JSON，每行一个对象"},
	{"lang", "zh|en", "the language (default: the locale's)", "语言（默认随系统）"},
	{"help", NULL, "print how it is used, and end", "显示用法"},
	{"version", NULL, "print the version, and end", "显示版本"},
	{0},
};

#define WHY_FLAG                                                                                \
	{                                                                                       \
		"why", "TEXT", "the reason, where your role takes one; the audit log keeps it", \
			"理由（部分角色须说明，记入审计日志）"                \
	}

static const struct flag login_flags[] = {
	{"dev", NULL, "the development login of a hub started with --dev", "用 --dev 启动的中枢的开发登录"},
	{"invite", "INVITE", "the invite that you were given, or its link; it is good once",
		"收到的邀请码或其链接，只能使用一次"},
	{"desk", "NAME",
		"show a ticket that somebody confirms from a phone that is logged in, as a device of that name",
		"显示登录票，由已登录的手机确认；以此名称作为设备"},
	{"base", "URL", "with --desk: where people open the pages, to print the link and its QR code",
		"与 --desk 同用：网页地址，用于输出链接及二维码"},
	{"code", "CODE", "of your second factor, or a recovery code; alone, to go on with the login that is saved",
		"第二因素的验证码或恢复码；单独使用时沿用已保存的登录"},
	{0},
};

static const struct flag page_flags[] = {
	{"all", NULL, "all of them, not only the first 200", "全部列出，不只前 200 条"},
	{0},
};

static const struct flag layout_flags[] = {
	{"seed", "NUMBER", "the same seed lays out the same grids (default 412)",
		"相同的种子排出相同的网格（默认 412）"},
	{"grids", "NUMBER", "grids in all", "网格总数"},
	{"fixed", "PLACE=NUMBER", "so many of them in this place; may be given often", "其中该地的网格数；可多次给出"},
	{"buildings", "NUMBER", "building groups of a grid, at the most (default 4)",
		"每个网格的楼栋组数上限（默认 4）"},
	{0},
};

static const struct flag register_flags[] = {
	{"name", "NAME", "your name as others in the chain see it", "姓名，接龙里这样显示", true},
	{"organisation", "NAME", "the organisation you belong to", "所属组织"},
	{"kind", "member|volunteer", "of the party (the default), or a resident who is not",
		"党员（默认），或非党员居民志愿者"},
	{"work", "PLACE", "the grid or building group where you work", "工作所在的网格或楼栋组（双报到）"},
	{0},
};

static const struct flag move_flags[] = {
	{"work", NULL, "it is where you work, not where you live", "变更的是工作地，不是居住地"},
	{"no-work", NULL, "you work in no place here any more", "不再登记工作地"},
	{0},
};

static const struct flag correct_flags[] = {
	{"name", "NAME", "your name", "姓名", true},
	{"organisation", "NAME", "the organisation you belong to", "所属组织"},
	{0},
};

static const struct flag accept_flags[] = {
	{"as", "PERSON", "who he says he is, by another WeChat: his account is handed over",
		"其自称的账号（更换了微信），通过后移交该账号"},
	{0},
};

static const struct flag refuse_flags[] = {
	{"reason", "TEXT", "is told to who asked", "告知申请人的原因"},
	{0},
};

static const struct flag roster_import_flags[] = {
	{"sheet", "NAME", "of an XLSX, the sheet to read (default: the first that is not hidden)",
		"XLSX 中要读的工作表（默认第一个未隐藏的）"},
	{"under", "PLACE", "places may be names of what lies in this place", "地点可写名称，在该地范围内查找"},
	{"dry-run", NULL, "only say what would come of it (the default)", "只报告结果，不写入（默认）"},
	{"yes", NULL, "write it", "写入"},
	{0},
};

/* What a call is, for whoever posts, changes or repeats one: draft.c reads them. Title and deadline are required of
 * some. */
/* clang-format off */
#define DRAFT_FLAGS(title_required, deadline_required, deadline_english, deadline_chinese)                             \
	{"title", "TEXT", "what it is about, in one line", "一句话说明", title_required},                              \
	{"body", "TEXT", "all that has to be said", "详细内容"},                                                       \
	{"meeting", "TEXT", "where to be", "集合地点"},                                                                \
	{"bring", "TEXT", "what to bring along", "需携带的物品"},                                                      \
	{"need", "NUMBER", "how many people are enough", "需要多少人"},                                                \
	{"limit", "NUMBER", "how many at the most; more wait (default: no limit)", "最多多少人，其余候补（默认不限）"}, \
	{"deadline", "TIME", deadline_english, deadline_chinese, deadline_required},                                   \
	{"starts", "TIME", "when to be there", "开始时间"},                                                            \
	{"ends", "TIME", "until when, seen from --starts: 22:00 or +2h", "结束时间，从 --starts 算起：22:00 或 +2h"},  \
	{"names", "full|family|none", "how names show to others: full, family (王**) or none",                         \
		"姓名对他人的显示：full 全名、family 只显姓（王**）、none 只显号码"},                                  \
	{"window", "MINUTES", "how long an offered place waits to be confirmed (default: not at all)",                 \
		"递补名额的确认时限，分钟（默认无须确认）"},                                                           \
	{"grant", "MINUTES", "hours of service granted to who comes (default: as measured)",                           \
		"到场者认定的服务时长，分钟（默认按实际）"},                                                           \
	{"slot", "SLOT", "a shift: 'Early 08:00-12:00 need 3 limit 5'; may be given often",                            \
		"班次：'早班 08:00-12:00 需3人 限5人'，可多次给出"},                                                   \
	{"question", "QUESTION", "asked of all: 'By car?', '*Size: S/M/L' (must be answered), 'How many: number'",     \
		"提问：'有车吗'、'*尺码: S/M/L'（必答）、'几个人: 数字'，可多次给出"}
/* clang-format on */

#define DEADLINE_ENGLISH "until when, as 23:00, '2026-04-12 23:00', +90m or +4h"
#define DEADLINE_CHINESE "截止时间，如 23:00、'2026-04-12 23:00'、+90m、+4h"

static const struct flag post_flags[] = {
	DRAFT_FLAGS(false, false, DEADLINE_ENGLISH " (default +4h)", DEADLINE_CHINESE "（默认 +4h）"),
	{"template", "NAME", "say what this template says, but for what other flags say", "按此模板发出，其他选项优先"},
	{0},
};

static const struct flag save_flags[] = {
	DRAFT_FLAGS(false, false, DEADLINE_ENGLISH, DEADLINE_CHINESE),
	{"call", "CALL", "say what this call says, but for what other flags say", "以此召集为内容，其他选项优先"},
	{0},
};

static const struct flag repeat_flags[] = {
	DRAFT_FLAGS(false, true, DEADLINE_ENGLISH, DEADLINE_CHINESE),
	{0},
};

static const struct flag edit_flags[] = {
	DRAFT_FLAGS(false, false, DEADLINE_ENGLISH, DEADLINE_CHINESE),
	{"demote", NULL, "if the limit is below who has a place: the last wait again",
		"上限低于已确认人数时，最后报名的转为候补"},
	{"seen", "VERSION", "only if it is still in that version, as call show prints it",
		"仅当仍是该版本（见 call show）时修改"},
	{0},
};

static const struct flag reopen_flags[] = {
	{"deadline", "TIME", DEADLINE_ENGLISH, DEADLINE_CHINESE, true},
	{0},
};

static const struct flag cancel_flags[] = {
	{"reason", "TEXT", "why, in one line: all who signed up read it", "原因，一句话，报名的人都会看到", true},
	{0},
};

static const struct flag show_flags[] = {
	{"mine", NULL, "only your own lines and those you signed up for others", "只看自己的和自己代报的"},
	{"follow", NULL, "go on printing lines as they come", "持续显示新的接龙"},
	{"until", "NUMBER", "with --follow: end when so many people have a place",
		"与 --follow 同用：达到这么多人后结束"},
	WHY_FLAG,
	{0},
};

static const struct flag code_flags[] = {
	{"watch", NULL, "stay, and show the next code in time", "持续显示，到期前自动更新"},
	{0},
};

static const struct flag export_flags[] = {
	{"format", "csv|xlsx", "what it is (default: by the file's name, else csv)", "格式（默认按文件名，否则 csv）"},
	{"out", "FILE", "where to (default: csv to standard output)", "输出文件（默认 csv 输出到标准输出）"},
	WHY_FLAG,
	{0},
};

#define SLOT_FLAG                                                                                \
	{                                                                                        \
		"slot", "SLOT", "the shift: its number or its label", "班次的序号或名称" \
	}

static const struct flag join_flags[] = {
	SLOT_FLAG,
	{"people", "NUMBER", "how many come, yourself included (default 1)", "来几个人，含本人（默认 1）"},
	{"remark", "TEXT", "for the author and those concerned to read", "备注，只有发起人和相关的人看到"},
	{"answer", "TEXT", "to a question; given as often as there are questions, in their order",
		"对问题的回答，按问题顺序逐个给出"},
	{"for", "PERSON", "sign up this person instead, by the id", "替此人（编号）报名"},
	{"name", "NAME", "sign up somebody without an account", "替没有账号的人报名"},
	{"walk-up", NULL, "who stands at the door: checked in at once; for the author", "现场报名并签到，限发起人"},
	{"despite-clash", NULL, "although another shift is at the same time", "与其他班次时间冲突也要报名"},
	{0},
};

#define LINE_FLAGS \
	{"number", "NUMBER", "the line of that number (default: your own)", "该序号的接龙（默认自己的）"}, SLOT_FLAG

static const struct flag line_flags[] = {LINE_FLAGS, {0}};

static const struct flag check_flags[] = {
	LINE_FLAGS,
	{"code", "DOORCODE", "as shown at the door; not needed by the author", "现场出示的签到码；发起人不需要"},
	{0},
};

static const struct flag paste_flags[] = {
	{"yes", NULL, "sign them up without a question; without it and a terminal the preview is all",
		"不再询问，直接报名；没有它又不在终端上时只预览"},
	{"withdraw", NULL, "also strike the lines of those who say that they do not come",
		"写明取消的，同时退出其报名"},
	SLOT_FLAG,
	{0},
};

static const struct flag tally_flags[] = {
	{"path", NULL, "all that it lies in first", "先列出它的各级上级"},
	{"depth", "NUMBER", "how many levels below the place, 0 to 3 (default 1)", "往下显示几级，0 到 3（默认 1）"},
	{0},
};

static const struct flag watch_flags[] = {
	{"depth", "NUMBER", "how many levels below the place, 0 to 3 (default 2)", "往下显示几级，0 到 3（默认 2）"},
	{"plain", NULL, "lines instead of a screen that is redrawn", "逐行输出，不重绘屏幕"},
	{0},
};

static const struct flag founding_flags[] = {
	{"redis", "URL", "the Redis, as unix:/path/to/redis.sock or redis://host:port (default: the data folder's)",
		"Redis 地址，如 unix:/路径/redis.sock 或 redis://主机:端口（默认为数据目录中的）"},
	{0},
};

static const struct flag give_flags[] = {
	{"until", "TIME", "when it ends (default: when it is taken back)", "到期时间（默认直到收回）"},
	{0},
};

static const struct flag person_flags[] = {
	{"person", "PERSON", "of this person, by the id: who has lost his device (default: your own)",
		"该用户（编号）的，用于其设备丢失时（默认本人）"},
	{0},
};

static const struct flag explain_flags[] = {
	{"verb", "VERB", "one thing that is done, as call_post, and what it is to each role",
		"单个操作，如 call_post，及各角色的范围"},
	{"all", NULL, "every verb, one a line (as --json does)", "逐行列出全部操作（--json 也如此）"},
	{0},
};

static const struct flag desk_flags[] = {
	{"deny", NULL, "do not let it in", "拒绝登录"},
	{0},
};

static const struct flag factor_remove_flags[] = {
	{"code", "CODE", "of the authenticator, or a recovery code: for your own",
		"身份验证器的验证码或恢复码，用于本人的"},
	{"person", "PERSON", "of this person, by the id: who has lost it (default: your own)",
		"该用户（编号）的，用于其丢失时（默认本人）"},
	{0},
};

static const struct flag invite_flags[] = {
	{"organisation", "NAME", "of somebody new", "新用户所属组织"},
	{"kind", "member|volunteer", "of somebody new: of the party (the default), or a resident who is not",
		"新用户：党员（默认），或非党员居民志愿者"},
	{"hours", "NUMBER", "how long it is good, 1 to 168 (default 24)", "有效小时数，1 到 168（默认 24）"},
	{"base", "URL", "where people open the pages: prints the link and its QR code", "网页地址：输出链接及其二维码"},
	{0},
};

static const struct flag bots_flags[] = {
	{"count", "NUMBER", "how many members (default 60)", "成员数（默认 60）"},
	{"place", "GRID", "the grid they live in, spread over its building groups", "所在网格，分布在各楼栋组", true},
	{"join", "NUMBER", "how many of them sign up for the next call (default: all)", "其中多少人接龙（默认全部）"},
	{"pace", "MS", "mean time from a call to a sign-up (default 1000)", "从召集到接龙的平均毫秒数（默认 1000）"},
	{"seed", "NUMBER", "the same seed makes the same members (default 412)",
		"相同的种子生成相同的成员（默认 412）"},
	{"prefix", "WORD", "what their handles begin with (default bot)", "登录名前缀（默认 bot）"},
	{0},
};

static const struct flag named_page_flags[] = {
	{"all", NULL, "all of them, not only the first 200", "全部列出，不只前 200 条"},
	WHY_FLAG,
	{0},
};

static const struct flag why_flags[] = {
	WHY_FLAG,
	{0},
};

static const struct flag audit_log_flags[] = {
	{"who", "PERSON", "what this person did, by the id", "该用户（编号）所做的"},
	{"on", "ID", "what was done to this person, call, place or entry", "对该用户、召集、地点或名册条目所做的"},
	{"what", "WORD",
		"one kind: accept, backup, consent, consent_withdraw, desk, device_revoke, export, factor_remove, "
		"factor_set, "
		"forbidden, grant, grant_take, import, invite, names, operator_create, pending_decide, person_correct, "
		"person_erase, person_export, phone_bind, phones, rebind, restore, roster_import, roster_remove, seal, "
		"trim",
		"某一种：accept、backup、consent、consent_withdraw、desk、device_revoke、export、factor_remove、factor_"
		"set、forbidden、grant、grant_take、import、invite、names、operator_create、pending_decide、person_"
		"correct、person_erase、person_export、phone_bind、phones、rebind、restore、roster_import、roster_"
		"remove、seal、trim"},
	{"since", "TIME", "as '2026-04-12 19:00', or how long ago: 7d, 12h",
		"起始时间，如 '2026-04-12 19:00'，或多久以前：7d、12h"},
	{"until", "TIME", "the same: not after that", "截止时间，写法相同"},
	{"own", NULL, "what was done to yourself: who looked, above all; everybody may ask that",
		"对本人所做的，例如谁查看过；人人可查"},
	{"out", "FILE", "into this file, .csv or .xlsx", "写入文件（.csv 或 .xlsx）"},
	{0},
};

static const struct flag verify_flags[] = {
	{"redis", "URL", "the Redis, as unix:/path/to/redis.sock or redis://host:port (default: the data folder's)",
		"Redis 地址，如 unix:/路径/redis.sock 或 redis://主机:端口（默认为数据目录中的）"},
	{"key", "FILE", "the key of the phones (default: phones.key in the data folder)",
		"手机号密钥文件（默认为数据目录中的 phones.key）"},
	{0},
};

static const struct flag accept_log_flags[] = {
	{"redis", "URL", "the Redis, as unix:/path/to/redis.sock or redis://host:port (default: the data folder's)",
		"Redis 地址，如 unix:/路径/redis.sock 或 redis://主机:端口（默认为数据目录中的）"},
	{"key", "FILE", "the key of the phones (default: phones.key in the data folder)",
		"手机号密钥文件（默认为数据目录中的 phones.key）"},
	{"why", "TEXT", "what you found out about it; the audit log keeps it", "查明的情况，记入审计日志", true},
	{"yes", NULL, "accept it; without it only what is wrong is said", "确认认可；不加则只说明问题所在"},
	{0},
};

static const struct flag audit_flags[] = {
	{"redis", "URL", "the Redis, as unix:/path/to/redis.sock or redis://host:port (default: the data folder's)",
		"Redis 地址，如 unix:/路径/redis.sock 或 redis://主机:端口（默认为数据目录中的）"},
	{"key", "FILE", "the key of the phones, to verify the audit log too (default: phones.key in the data folder)",
		"手机号密钥文件，用于一并核对审计日志（默认为数据目录中的 phones.key）"},
	{"call", "CALL", "this call alone, and no audit log", "只核对这一个召集，不核对审计日志"},
	{"now", NULL, "without waiting a second for what is still being relayed", "不等待正在转送的数据（约一秒）"},
	{0},
};

static const struct flag backup_flags[] = {
	{"redis", "URL", "the Redis, as unix:/path/to/redis.sock or redis://host:port (default: the data folder's)",
		"Redis 地址，如 unix:/路径/redis.sock 或 redis://主机:端口（默认为数据目录中的）"},
	{0},
};

static const struct flag consent_flags[] = {
	{"withdraw", NULL, "withdraw it: ends the registration", "撤回同意：取消报到"},
	{"policy", "VERSION", "the version you have read (default: the one there is)",
		"您读过的版本（默认为现行版本）"},
	{"yes", NULL, "agree without a question: you have read it", "已阅读并同意，不再询问"},
	{0},
};

static const struct flag retention_flags[] = {
	{"redis", "URL", "the Redis, as unix:/path/to/redis.sock or redis://host:port (default: the data folder's)",
		"Redis 地址，如 unix:/路径/redis.sock 或 redis://主机:端口（默认为数据目录中的）"},
	{"dry-run", NULL, "only what would go now", "只列出现在将去除的内容"},
	{"keep-names", "DAYS", "as if names were kept so long (default: as the hub has it)",
		"按此天数试算（默认为中枢的设置）"},
	{0},
};

static const struct flag person_export_flags[] = {
	{"why", "REASON", "of another: the reason, which the audit log keeps", "导出他人信息时的理由，记入审计"},
	{"out", "FILE", "where to (default: standard output)", "输出文件（默认标准输出）"},
	{"csv", NULL, "a table of section, field and value, instead of JSON",
		"输出“类别,项目,内容”表格（CSV），而非 JSON"},
	{0},
};

static const struct flag erase_flags[] = {
	{"why", "REASON", "for another: the reason, which the audit log keeps", "删除他人时的理由，记入审计"},
	{"yes", NULL, "do it, without a question", "直接执行，不再询问"},
	{0},
};

static const struct flag restore_flags[] = {
	{"erased", "FILE|FOLDER",
		"who was erased since: the file 'erased' of a newer data folder (the one in --data is read by itself)",
		"此后删除者的清单：较新数据目录中的 erased 文件（--data 目录中的自动读取）"},
	{"replace", NULL, "although the folder holds data: what is there is kept beside",
		"目录已有数据时取而代之，原有数据另存一旁"},
	{0},
};

static const struct flag import_flags[] = {
	{"redis", "URL", "the Redis, as unix:/path/to/redis.sock or redis://host:port (default: the data folder's)",
		"Redis 地址，如 unix:/路径/redis.sock 或 redis://主机:端口（默认为数据目录中的）"},
	{"yes", NULL, "write what is new", "写入新增内容"},
	{0},
};

/* Behind the function may stand what else is to be said of a verb: `.example = "…"`. */
#define VERB(name, words, min, max, flags, en, zh, run, ...)                  \
	{                                                                     \
		name, words, min, max, flags, en, zh, run, false, __VA_ARGS__ \
	}
#define LOCAL(name, words, min, max, flags, en, zh, run, ...)                \
	{                                                                    \
		name, words, min, max, flags, en, zh, run, true, __VA_ARGS__ \
	}
#define DIRECT(name, words, min, max, flags, en, zh, run, ...)                     \
	{                                                                          \
		name, words, min, max, flags, en, zh, run, true, true, __VA_ARGS__ \
	}

/* clang-format off */
const struct verb_spec verb_specs[] = {
	LOCAL("login", "[HANDLE]", 0, 1, login_flags,
		"log in and stay logged in for the next calls", "登录，之后的命令沿用此身份", run_login,
		.example = "worker --dev --data ~/grid"),
	DIRECT("logout", "", 0, 0, NULL, "forget the login", "退出登录", run_logout,
		.example = ""),
	VERB("whoami", "", 0, 0, NULL, "who is logged in, and where registered", "当前身份与报到地", run_whoami,
		.example = ""),
	VERB("place import", "FILE...", 1, ARGS_MAX, NULL,
		"bring in places from CSV files with the columns code and name", "从 CSV 文件导入地点（需有 code 和 name 列）", run_place_import,
		.example = "clients/demo/taiyuan/*.csv"),
	VERB("place list", "[PLACE]", 0, 1, page_flags, "the places one level below", "下一级的地点", run_place_list,
		.example = "140105007"),
	VERB("place show", "PLACE", 1, 1, NULL, "a place and what it lies in", "地点及其上级", run_place_show,
		.example = "140105007004001"),
	VERB("place image", "PLACE FILE", 2, 2, NULL, "the mini-program code that leads to registering there, for a poster (PNG or JPEG)",
		"该地报到用的小程序码，供张贴（PNG 或 JPEG）", run_place_image,
		.example = "140105007004001 poster.png"),
	DIRECT("place layout", "VILLAGES.csv", 1, 1, layout_flags,
		"lay out grids and building groups below communities, for trials, as CSV", "为试用在社区之下排布网格和楼栋组，输出 CSV", run_place_layout,
		.example = "clients/demo/taiyuan/villages.csv > grids.csv"),
	VERB("member register", "PLACE", 1, 1, register_flags,
		"report to the grid or building group where you live", "到居住的网格或楼栋组报到", run_member_register,
		.example = "140105007004001 --name 王芳 --organisation 西吴社区党总支"),
	VERB("member move", "[PLACE]", 0, 1, move_flags, "you live, or work, elsewhere now", "变更居住地或工作地", run_member_move,
		.example = "140105007004002"),
	VERB("member correct", "", 0, 0, correct_flags, "another name and organisation for yourself", "更正自己的姓名和所属组织", run_member_correct,
		.example = "--name 王芳 --organisation 西吴社区党总支"),
	VERB("member pending", "PLACE", 1, 1, page_flags, "who waits there to be registered", "该地待审核的报到申请", run_member_pending,
		.example = "140105007004"),
	VERB("member accept", "PERSON PLACE", 2, 2, accept_flags, "let one have what he waits for at that place", "通过该地的报到、迁入申请", run_member_accept,
		.example = "3.77 140105007004001"),
	VERB("member refuse", "PERSON PLACE", 2, 2, refuse_flags, "refuse what one waits for at that place", "拒绝该地的报到申请", run_member_refuse,
		.example = "3.77 140105007004001 --reason 不住这里"),
	VERB("member leave", "", 0, 0, NULL, "be registered nowhere", "取消报到", run_member_leave,
		.example = ""),
	VERB("member list", "PLACE", 1, 1, named_page_flags, "who is registered there", "在该地报到的成员", run_member_list,
		.example = "140105007004 --all"),
	VERB("call post", "PLACE", 1, 1, post_flags, "call on everybody there", "向该地所有人发出召集", run_call_post,
		.example = "140105007004001 --title 发放抗原试剂 --need 20 --limit 30 --deadline 23:00"),
	VERB("call edit", "CALL", 1, 1, edit_flags,
		"change what is said; slots by '2: limit 6' or by their labels", "修改召集；班次写 '2: 限6人' 或其名称", run_call_edit,
		.example = "14.5 --limit 40 --deadline +2h"),
	VERB("call repeat", "CALL", 1, 1, repeat_flags,
		"the same call once more: all times move with the deadline", "再发一次：各时间随新的截止时间平移", run_call_repeat,
		.example = "14.5 --deadline 23:00"),
	VERB("call list", "PLACE", 1, 1, page_flags, "the open calls that concern a place", "与该地有关的进行中的召集", run_call_list,
		.example = "140105007004001"),
	VERB("call show", "CALL", 1, 1, show_flags, "a call and its chain", "召集及其接龙", run_call_show,
		.example = "14.5 --follow"),
	VERB("call close", "CALL", 1, 1, NULL, "take no more sign-ups", "结束接龙", run_call_close,
		.example = "14.5"),
	VERB("call reopen", "CALL", 1, 1, reopen_flags, "a closed call takes sign-ups again", "重新开放已结束的召集", run_call_reopen,
		.example = "14.5 --deadline +1h"),
	VERB("call cancel", "CALL", 1, 1, cancel_flags, "it does not take place", "取消召集", run_call_cancel,
		.example = "14.5 --reason 改为明天"),
	VERB("call thank", "CALL TEXT", 2, 2, NULL, "a word of thanks to who came", "感谢到场的人", run_call_thank,
		.example = "14.5 大家辛苦了"),
	VERB("call code", "CALL", 1, 1, code_flags,
		"the code that is shown at the door, as text and as a QR code", "现场签到码及二维码", run_call_code,
		.example = "14.5 --watch"),
	VERB("call phones", "CALL", 1, 1, why_flags,
		"the phones of those who signed up: for a worker or secretary of the place, until a week after the call has ended; they can see who looked",
		"报名者的手机号：供该地网格员、书记使用，至召集结束后一周；本人可查到谁看过", run_call_phones,
		.example = "14.5"),
	VERB("call export", "CALL", 1, 1, export_flags, "the chain as a table", "把接龙导出为表格", run_call_export,
		.example = "14.5 --out chain.xlsx"),
	VERB("template save", "PLACE NAME", 2, 2, save_flags,
		"keep a call without its times under a name, for who posts there or below", "把召集内容（不含时间）存为模板，供该地及其下使用", run_template_save,
		.example = "140105007 核酸 --call 14.5"),
	VERB("template list", "PLACE", 1, 1, NULL, "the templates for who posts there", "在该地可用的模板", run_template_list,
		.example = "140105007004001"),
	VERB("template remove", "PLACE NAME", 2, 2, NULL, "forget a template", "删除模板", run_template_remove,
		.example = "140105007 核酸"),
	VERB("chain text", "CALL", 1, 1, NULL,
		"the chain as text for its WeChat group, in the language of --lang", "把接龙打印成群里可用的“#接龙”文字", run_chain_text,
		.example = "14.5"),
	VERB("chain paste", "[CALL] [FILE...]", 0, ARGS_MAX, paste_flags,
		"sign up who is in a chain copied from WeChat (files or standard input), once you have seen who; of several copies the first is held to be the group's; for the author",
		"导入微信群里复制的接龙（文件或标准输入），先预览再报名；有几份时以第一份为群里现有的；限发起人", run_chain_paste,
		.example = "14.5 copied.txt"),
	VERB("join", "CALL", 1, 1, join_flags, "sign up: one line at the end of the chain", "接龙报名", run_join,
		.example = "14.5 --people 2 --remark 晚到十分钟"),
	VERB("withdraw", "CALL", 1, 1, line_flags, "strike a line through", "退出接龙", run_withdraw,
		.example = "14.5"),
	VERB("confirm", "CALL", 1, 1, line_flags, "take a place that is offered", "确认递补名额", run_confirm,
		.example = "14.5"),
	VERB("check in", "CALL", 1, 1, check_flags, "somebody has come", "签到", run_check_in,
		.example = "14.5 --code 5C7X5FBY1D"),
	VERB("check out", "CALL", 1, 1, check_flags, "somebody goes: hours are granted", "签退并认定服务时长", run_check_out,
		.example = "14.5 --number 3"),
	VERB("mine", "", 0, 0, NULL, "your sign-ups in all calls, the latest first, and your hours of service",
		"您的全部接龙（新的在前）与服务时长", run_mine,
		.example = "--json"),
	VERB("why", "CALL [PERSON|NUMBER]", 1, 2, NULL,
		"why a line stands where it stands (default: your own)", "某一条接龙为什么是现在这样（默认自己的）", run_why,
		.example = "14.5 7"),
	VERB("roster import", "FILE", 1, 1, roster_import_flags,
		"bring in a list of members from CSV or XLSX; a dry run unless --yes", "从 CSV 或 XLSX 导入党员名册；默认试运行，--yes 写入", run_roster_import,
		.example = "members.xlsx --under 1401 --yes"),
	VERB("roster list", "[PLACE]", 0, 1, named_page_flags, "who is on the roster of a place", "该地名册中的人", run_roster_list,
		.example = "140105007 --all"),
	VERB("roster remove", "ENTRY [PLACE]", 1, 2, NULL, "take somebody off the roster of a place (default: of the country), by the entry as list shows it",
		"从某地（默认全国）的名册移出（编号见 roster list）", run_roster_remove, .example = "792d20b053b4b8304dc129730a0fc030 140105007"),
	VERB("tally", "PLACE", 1, 1, tally_flags, "members, calls and sign-ups of a place", "该地的成员、召集和接龙数字", run_tally,
		.example = "140105 --depth 2"),
	VERB("watch", "PLACE", 1, 1, watch_flags, "the figures of a place and what lies in it, live: of its open calls", "实时查看该地及其下各级进行中的召集的统计", run_watch,
		.example = "1401"),
	VERB("bots", "", 0, 0, bots_flags, "simulated members over real sockets, for trials", "用真实连接模拟成员，供试用", run_bots,
		.example = "--place 140105007004001 --count 60 --join 28"),
	DIRECT("operator create", "NAME", 1, 1, founding_flags,
		"the first account of a system, who runs it and gives rights: prints an invite. NAME: 1 to 32 of a-z, 0-9, - and _", "创建系统的第一个账号（运维与授权），输出邀请码；名称为 1 到 32 个 a-z、0-9、- 或 _", run_operator_create,
		.example = "zhang --data ~/grid"),
	DIRECT("operator invite", "PERSON", 1, 1, founding_flags,
		"a way back in for who is operator, security or auditor, over whom nobody else is set: removes his second factor, prints an invite",
		"为运维、授权或审计人员找回登录：移除其第二因素，输出邀请码", run_operator_invite, .example = "3.77 --data ~/grid"),
	VERB("role give", "PERSON ROLE [PLACE]", 2, 3, give_flags, "somebody is that at a place and under it (default: everywhere)",
		"授予某人在该地及以下的角色（默认全国）", run_role_give,
		.example = "3.77 worker 140105007004001 --until '2026-12-31 23:59'"),
	VERB("role take", "PERSON ROLE [PLACE]", 2, 3, NULL, "he is it no more", "收回角色", run_role_take,
		.example = "3.77 worker 140105007004001"),
	VERB("role list", "[PLACE]", 0, 1, NULL, "who is what there and under it (default: everywhere)", "该地及以下的角色（默认全国）", run_role_list,
		.example = "140105007"),
	DIRECT("role explain", "[ROLE]", 0, 1, explain_flags, "what a role may do, and how far", "某角色可以做什么、范围多大", run_role_explain,
		.example = "worker"),
	VERB("invite", "NAME|PERSON [PLACE]", 1, 2, invite_flags,
		"a way in, good once: for somebody new, who is registered there, or who has lost his device",
		"一次性的登录邀请：给在该地报到的新用户，或丢失设备的人", run_invite,
		.example = "李梅 140105007004001 --kind volunteer --base https://grid.example.cn"),
	VERB("person consent", "", 0, 0, consent_flags, "agree to the privacy policy, or withdraw that", "同意隐私政策，或撤回同意", run_person_consent,
		.example = ""),
	VERB("person correct", "", 0, 0, correct_flags, "another name and organisation for yourself (member correct)", "更正自己的姓名和所属组织（同 member correct）", run_member_correct,
		.example = "--name 王芬"),
	VERB("person export", "[PERSON]", 0, 1, person_export_flags,
		"all that is held of you: account, registration, phone, roles, devices, your sign-ups with remarks and answers, and who looked at you; of another, with a reason, the first five",
		"本人全部信息：账号、报到、手机号、角色、设备、接龙（含备注和回答），以及谁查看过；他人的须说明理由，限前五项", run_person_export,
		.example = "--out me.json"),
	VERB("person erase", "[PERSON]", 0, 1, erase_flags,
		"forget a person (default: yourself): name, phone and all he wrote; figures stay",
		"删除个人信息（默认本人）：姓名、手机号及所写内容；数字保留", run_person_erase, .example = "3.77 --why 本人书面申请"),
	VERB("desk show", "TICKET", 1, 1, NULL, "the desk that wants to be let in by you", "请求以您的身份登录的桌面", run_desk_show,
		.example = "https://grid.example.cn/#/desk/kJh0yuXDg6O9gmFW9FM9Qw"),
	VERB("desk confirm", "TICKET [NUMBER]", 1, 2, desk_flags, "let it in, as yourself, if it shows that number", "若其显示该数字，允许以您的身份登录", run_desk_confirm,
		.example = "kJh0yuXDg6O9gmFW9FM9Qw 42"),
	VERB("factor begin", "", 0, 0, NULL,
		"a second factor for your logins: shows the secret for an authenticator", "为登录设置第二因素：显示身份验证器的密钥", run_factor_begin,
		.example = ""),
	VERB("factor confirm", "CODE", 1, 1, NULL, "the code it shows: from now on logins take one", "输入其显示的验证码，今后登录时需要", run_factor_confirm,
		.example = "081804"),
	VERB("factor remove", "", 0, 0, factor_remove_flags, "logins take no code any more", "登录不再需要验证码", run_factor_remove,
		.example = "--code 081804"),
	VERB("device list", "", 0, 0, person_flags, "the devices on which you stay logged in", "您保持登录的设备", run_device_list,
		.example = ""),
	VERB("device revoke", "NUMBER|all", 1, 1, person_flags, "log a device out", "让某个设备退出登录", run_device_revoke,
		.example = "2"),
	DIRECT("audit", "", 0, 0, audit_flags,
		"recount the data from its lines, while it is used, and name every difference", "在线重新统计数据，列出每处差异", run_audit,
		.example = "--data ~/grid"),
	DIRECT("retention", "", 0, 0, retention_flags, "what is kept how long, and which names would go now", "各类数据保存多久，现在有哪些姓名到期", run_retention,
		.example = "--dry-run --data ~/grid"),
	DIRECT("audit-log verify", "", 0, 0, verify_flags,
		"whether the audit log is whole: reckoned entry by entry, with the key that it is sealed by", "逐条核对审计日志是否完整（含封印）", run_audit_verify,
		.example = "--data ~/grid"),
	DIRECT("audit-log accept", "PARTITION", 1, 1, accept_log_flags,
		"a log that does not verify, once you have looked: hubs go on from what stands there, and who accepted it and why stays in the log",
		"查明后按原状认可未通过核对的日志：中枢由此继续，认可人与理由留在日志中", run_audit_accept,
		.example = "7 --why 磁盘更换时丢失 --yes --data ~/grid"),
	VERB("audit-log", "", 0, 0, audit_log_flags,
		"who did what, on whom, when, from where and why: for an auditor", "谁、何时、从何处、因何对谁做了什么（供审计人员）", run_audit_log,
		.example = "--what phones --since 7d --out looks.xlsx"),
	DIRECT("backup", "FILE", 1, 1, backup_flags, "put all data into one file, while it is used", "在线备份全部数据到一个文件", run_backup,
		.example = "evening.backup --data ~/grid"),
	DIRECT("restore", "FILE", 1, 1, restore_flags,
		"put the data of a backup into a data folder (--data) on which nothing runs", "把备份恢复到未在运行的数据目录（--data）", run_restore,
		.example = "evening.backup --data ~/grid-again"),
	DIRECT("export", "PLACE FILE", 2, 2, backup_flags,
		"the places, members and calls of a place, as JSON Lines for another system", "把该地的地点、成员和召集导出为 JSON Lines，供其他系统导入", run_export,
		.example = "140105 xiaodian.jsonl --data ~/grid"),
	DIRECT("import", "FILE", 1, 1, import_flags,
		"what another system exported: says what is new; with --yes writes it", "导入其他系统导出的文件：先列出新增内容，加 --yes 才写入", run_import,
		.example = "xiaodian.jsonl --data ~/grid"),
	DIRECT("completion", "bash", 1, 1, NULL, "what a shell needs to complete command lines: source it",
		"输出 shell 的命令补全脚本", run_completion, .example = "bash > ~/.local/share/bash-completion/completions/gridctl"),
	DIRECT("help", "[VERB]", 0, 2, NULL, "how a verb is used, or what verbs there are", "命令的用法，或有哪些命令", run_help,
		.example = "call post"),
	{0},
};
/* clang-format on */
