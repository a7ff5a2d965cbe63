/* verbs.c - the table of all verbs: command line, help and manual page read it. */
#include <stddef.h>

#include "tool.h"

static const struct flag login_flags[] = {
	{"dev", NULL, "the development login of a hub started with --dev", "用 --dev 启动的中枢的开发登录"},
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
	{"name", "NAME", "your name as others in the chain see it", "姓名，接龙里这样显示"},
	{"organisation", "NAME", "the organisation you belong to", "所属组织"},
	{0},
};

static const struct flag post_flags[] = {
	{"title", "TEXT", "what it is about, in one line", "一句话说明"},
	{"body", "TEXT", "all that has to be said", "详细内容"},
	{"meeting", "TEXT", "where and when to be", "集合地点和时间"},
	{"need", "NUMBER", "how many are enough", "需要多少人"},
	{"limit", "NUMBER", "how many at the most; more wait (default: no limit)", "最多多少人，其余候补（默认不限）"},
	{"deadline", "TIME", "until when, as 23:00, '2026-04-12 23:00', +90m or +4h (default +4h)",
		"截止时间，如 23:00、'2026-04-12 23:00'、+90m、+4h（默认 +4h）"},
	{0},
};

static const struct flag show_flags[] = {
	{"follow", NULL, "go on printing lines as they come", "持续显示新的接龙"},
	{"until", "NUMBER", "with --follow: end when so many lines count", "与 --follow 同用：达到这么多人后结束"},
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

static const struct flag bots_flags[] = {
	{"count", "NUMBER", "how many members (default 60)", "成员数（默认 60）"},
	{"place", "GRID", "the grid they live in, spread over its building groups", "所在网格，分布在各楼栋组"},
	{"join", "NUMBER", "how many of them sign up for the next call (default: all)", "其中多少人接龙（默认全部）"},
	{"pace", "MS", "mean time from a call to a sign-up (default 1000)", "从召集到接龙的平均毫秒数（默认 1000）"},
	{"seed", "NUMBER", "the same seed makes the same members (default 412)",
		"相同的种子生成相同的成员（默认 412）"},
	{"prefix", "WORD", "what their handles begin with (default bot)", "登录名前缀（默认 bot）"},
	{0},
};

static const struct flag audit_flags[] = {
	{"redis", "URL", "the Redis, as unix:/path/to/redis.sock or redis://host:port (default: the data folder's)",
		"Redis 地址，如 unix:/路径/redis.sock 或 redis://主机:端口（默认为数据目录中的）"},
	{"call", "CALL", "this call alone", "只核对这一个召集"},
	{0},
};

static const struct flag backup_flags[] = {
	{"redis", "URL", "the Redis, as unix:/path/to/redis.sock or redis://host:port (default: the data folder's)",
		"Redis 地址，如 unix:/路径/redis.sock 或 redis://主机:端口（默认为数据目录中的）"},
	{0},
};

#define VERB(name, words, min, max, flags, en, zh, run)          \
	{                                                        \
		name, words, min, max, flags, en, zh, run, false \
	}
#define LOCAL(name, words, min, max, flags, en, zh, run)        \
	{                                                       \
		name, words, min, max, flags, en, zh, run, true \
	}

#define DIRECT(name, words, min, max, flags, en, zh, run)             \
	{                                                             \
		name, words, min, max, flags, en, zh, run, true, true \
	}

/* clang-format off */
const struct verb_spec verb_specs[] = {
	LOCAL("login", "HANDLE", 1, 1, login_flags,
		"log in and stay logged in for the next calls", "登录，之后的命令沿用此身份", run_login),
	LOCAL("logout", "", 0, 0, NULL, "forget the login", "退出登录", run_logout),
	VERB("whoami", "", 0, 0, NULL, "who is logged in, and where registered", "当前身份与报到地", run_whoami),
	VERB("place import", "FILE...", 1, ARGS_MAX, NULL,
		"bring in places from CSV files with the columns code and name", "从 CSV 文件导入地点（需有 code 和 name 列）", run_place_import),
	VERB("place list", "[PLACE]", 0, 1, page_flags, "the places one level below", "下一级的地点", run_place_list),
	VERB("place show", "PLACE", 1, 1, NULL, "a place and what it lies in", "地点及其上级", run_place_show),
	LOCAL("place layout", "VILLAGES.csv", 1, 1, layout_flags,
		"lay out grids and building groups below communities, for trials, as CSV", "为试用在社区之下排布网格和楼栋组，输出 CSV", run_place_layout),
	VERB("member register", "PLACE", 1, 1, register_flags,
		"report to the grid or building group where you live", "到居住的网格或楼栋组报到", run_member_register),
	VERB("member move", "PLACE", 1, 1, NULL, "you live elsewhere now", "搬家", run_member_move),
	VERB("member leave", "", 0, 0, NULL, "be registered nowhere", "取消报到", run_member_leave),
	VERB("member list", "PLACE", 1, 1, page_flags, "who is registered there", "在该地报到的成员", run_member_list),
	VERB("call post", "PLACE", 1, 1, post_flags, "call on everybody there", "向该地所有人发出召集", run_call_post),
	VERB("call list", "PLACE", 1, 1, page_flags, "the open calls that concern a place", "与该地有关的开放召集", run_call_list),
	VERB("call show", "CALL", 1, 1, show_flags, "a call and its chain", "召集及其接龙", run_call_show),
	VERB("call close", "CALL", 1, 1, NULL, "take no more sign-ups", "结束接龙", run_call_close),
	VERB("join", "CALL", 1, 1, NULL, "sign up: one line at the end of the chain", "接龙报名", run_join),
	VERB("withdraw", "CALL", 1, 1, NULL, "strike your line through", "退出接龙", run_withdraw),
	VERB("tally", "PLACE", 1, 1, tally_flags, "members, calls and sign-ups of a place", "该地的成员、召集和接龙数字", run_tally),
	VERB("watch", "PLACE", 1, 1, watch_flags, "the same, live", "实时查看", run_watch),
	VERB("bots", "", 0, 0, bots_flags, "simulated members over real sockets, for trials", "用真实连接模拟成员，供试用", run_bots),
	DIRECT("audit", "", 0, 0, audit_flags,
		"recount the data from its lines, while it is used, and name every difference", "在线重新统计数据，列出每处差异", run_audit),
	DIRECT("backup", "FILE", 1, 1, backup_flags, "put all data into one file, while it is used", "在线备份全部数据到一个文件", run_backup),
	DIRECT("restore", "FILE", 1, 1, NULL,
		"put the data of a backup into a data folder (--data) on which nothing runs", "把备份恢复到未在运行的数据目录（--data）", run_restore),
	{0},
};
/* clang-format on */
