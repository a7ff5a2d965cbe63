/* chain_print.h - a call as the text that its WeChat group goes on with.
 *
 *   #接龙
 *   紧急招募志愿者发放抗原检测试剂
 *   今晚19:40 社区大院集合
 *
 *   1. 赵一诺 3号楼
 *   2. 钱两仪 5号楼 2人
 *   3. 孙三省（取消）
 *   4. 李四海（候补）
 *
 *   呼号 K7Q2
 *
 * chain_text_parse() reads it back: title, body and meeting as body, each line's number, name, remark, number of people
 * and state. A line of the body, or an entry, that would be read as something else gets "· " in front. Two blanks stand
 * behind a name that does not show by itself where it ends. What does not come back as it was: blanks at the ends of a
 * line and several in a row; numbers above 999 and 99 people; a name of several words or with a digit in front, with no
 * remark behind it; and a remark that itself speaks of a number of people, a proxy, a phone or a cancellation, or starts
 * or ends with a separator, for it means what it says. */
#ifndef GV_CHAIN_PRINT_H
#define GV_CHAIN_PRINT_H

#include "buf.h"
#include "event.h"
#include "text.h"

struct chain_print_line {
	uint32_t number;
	struct text name;      /* as it may be shown: "王芳", "王**"; "***" is printed for none */
	struct text remark;    /* may be empty */
	uint32_t people;       /* in all; 0 and 1 are not printed */
	enum line_state state; /* not LINE_NONE */
};

struct chain_print {
	bool english; /* for an English client */
	struct text title;
	struct text body;      /* lines parted by '\n'; may be empty */
	struct text meeting;   /* when and where, as the body; may be empty */
	struct text call_code; /* call_code.h */
	const struct chain_print_line *lines;
	size_t line_count;
};

/* Appends the text to `out`, whose `failed` says whether memory was out. All texts are valid UTF-8. */
void chain_text_print(struct buf *out, const struct chain_print *chain);

#endif
