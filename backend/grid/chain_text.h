/* chain_text.h - a pasted WeChat chain (接龙), read.
 *
 *   #接龙                                        the header; "#Group Note" in an English client
 *   紧急招募志愿者发放抗原检测试剂                  title: behind the header, or the next line
 *   今晚19:40 社区大院集合                        body
 *   例 姓名 楼号                                  an example, skipped
 *
 *   1. 赵一诺 3号楼                               entries: name, remark
 *   2. 李四海（代周五常）+1                        he signs for somebody, and brings one more
 *
 *   自带口罩手套。呼号 K7Q2                        note, with the call's code (call_code.h)
 *
 * The client numbers the lines anew at each reply, so a number is a position at most and never says who somebody is.
 * Entries stand in the order in which they appear.
 *
 * Where people write freely this reads as follows, and a preview has to show it:
 * - A line with a number opens an entry if the number is the last one plus 1; or if it is within 10 of it and starts in
 *   the first column with a separator behind the number. Anything else belongs to the entry above ("7:20 起床").
 * - 1 after a higher number starts another chain. If only points in Chinese numerals ("一、时间") came before, those were
 *   the body.
 * - Text after a blank line is the note, unless the next number follows; with a "1." in it, it is the note for good. Where
 *   the call's code stands in it, the note ends at the next number: who signs up by hand writes below all that is there.
 *   A blank line and then "1." at once is another chain without a header, for nobody is to vanish in a note.
 * - Lines of a chat that are no part of a chain are skipped: quotations down to their "- - - -", "[图片]", and who spoke
 *   when. The name before a header is its sender; of two chains of one sender and title the earlier is history.
 * - Without any header, numbered lines are a chain all the same, one with `headed` false.
 * - A line of the body, or an entry, that would be read as something else can be kept from it by "· " in front (chain_print.h). */
#ifndef GV_CHAIN_TEXT_H
#define GV_CHAIN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "id.h"
#include "macros.h"
#include "status.h"
#include "text.h"

#define CHAIN_TEXT_MAX   65536 /* bytes of a pasted text */
#define CHAIN_TEXT_LINES 1000  /* lines in it that are not blank, and so also entries */
#define CHAIN_TEXT_SHOWN 200   /* characters of an entry that are shown */

/* An arena of this size takes any text within these bounds. */
#define CHAIN_TEXT_ARENA (1280 * 1024)

enum chain_entry_flag {
	ENTRY_RESERVED = 1 << 0, /* a number and nothing else: a seat kept free; shown, never imported */
	ENTRY_CANCELLED = 1 << 1, /* says that he does not come (取消, 去不了, ~~, cancelled): propose a withdrawal */
	ENTRY_WAITING = 1 << 2,     /* is marked as waiting (候补), as chain_text_print() does */
	ENTRY_PROXY = 1 << 3,       /* somebody signs for another: （代李梅）, 代 李梅, 代报两人 */
	ENTRY_MAYBE_PROXY = 1 << 4, /* 代李梅: a proxy, or a man of the family 代; `name` is the whole of it */
	/* Perhaps several people: a further line of it starts in the first column or with a number, or a second name stands
	 * beside the first (郑一、郑二; 郑一和郑二). */
	ENTRY_SEVERAL = 1 << 5,
	ENTRY_COUNTED = 1 << 6, /* says how many come; without it `people` is 1, and nothing is said about it */
};

/* One numbered line, and the lines below that belong to it. */
struct chain_entry {
	uint32_t number; /* as written; only a position */
	uint32_t flags;  /* enum chain_entry_flag */
	/* How many people in all come by this entry, 1 … 100. "+2": he and two more, so 3; but "+1" without any name is
	 * one. "2人", "x2", "×2", "代报两人": 2. */
	uint32_t people;
	struct text text;  /* the whole, cleaned, phones masked, lines parted by '\n' */
	struct text shown; /* its first CHAIN_TEXT_SHOWN characters */
	/* Whose line it is as far as writing tells: a guess for chain_match.h to hold against the roster. Empty: there is
	 * none ("代 李梅", "3号楼", a long sentence). */
	struct text name;
	struct text proxy_for; /* for whom he signs, or may sign; empty if that is not said */
	struct text remark;    /* what is left without name, number of people, phone and marks; on one line */
	struct text phone;     /* "138****0000"; empty if there is none. The whole number is kept nowhere */
	/* What two copies of a line are compared by: in small letters, half-width, without the marks, blanks and the
	 * characters the client ignores as well (. 。 , ， : ： ; ； 、 -). */
	struct text key;
	struct id person; /* left none here: the caller sets it when he knows, for chain_text_merge() */
};

struct chain_text {
	bool headed;        /* has a header; false: lines that only look like a chain */
	bool history;       /* its sender has posted a later one of that title: not the state any more */
	struct text sender; /* who posted it, as an export says; else empty */
	struct text title;
	struct text body; /* without the example; lines parted by '\n', two of them for a blank line */
	struct text note;
	struct text call_code; /* as written, from the note or else the body or title; not checked. Empty: none */
	struct chain_entry *entries;
	size_t entry_count;
};

struct chain_paste {
	struct chain_text *chains;
	size_t chain_count; /* at least 1 */
};

/* Reads a pasted text; all of *out lies in the arena (and not in `text`), until that is reset. An empty text in it has
 * length 0 and is never NULL. Time is linear in the
 * text. BAD_REQUEST, with *field saying what is wrong, and *out untouched:
 *   text        longer than CHAIN_TEXT_MAX
 *   text.utf8   not UTF-8, or with a NUL in it
 *   text.lines  more than CHAIN_TEXT_LINES
 *   text.chain  neither a header nor a numbered line in it
 * UNAVAILABLE (field text.arena): the arena is full. It keeps what was taken of it until it is reset. */
enum status chain_text_parse(
	struct chain_paste *out, struct text text, struct arena *arena, const char **field) WARN_UNUSED;

#endif
