/* chains.h - pasted chains, for the tests of them. */
#ifndef GV_CHAINS_H
#define GV_CHAINS_H

#include "chain_text.h"
#include "unit.h"

/* A cmocka setup and teardown: *state is an arena of CHAIN_TEXT_ARENA bytes. */
int arena_for_test(void **state);
int arena_after_test(void **state);

/* Reads it; the test fails if it is refused. */
struct chain_paste paste_of(struct arena *arena, const char *text);

/* Reads a text with one chain in it. */
struct chain_text chain_of(struct arena *arena, const char *text);

/* Reads `line` as the only entry of a chain. */
struct chain_entry entry_of(struct arena *arena, const char *line);

/* An entry as "5 王芳; 3号楼 x2 for 李梅 phone 138****0000 cancelled": number, name, remark and what is out of the
 * ordinary. */
#define ENTRY_RENDERED 512
char *entry_render(char out[ENTRY_RENDERED], const struct chain_entry *entry);

/* Holds the entries of a chain against such lines. */
#define assert_entries(chain, ...)                                                                                  \
	chains_assert((chain), (const char *const[]){__VA_ARGS__}, ARRAY_LEN(((const char *const[]){__VA_ARGS__})), \
		__FILE__, __LINE__)
void chains_assert(struct chain_text chain, const char *const *expected, size_t count, const char *file, int line);

/* The same for the one line, without its number. */
#define assert_entry(arena, line, expected) chains_assert_entry((arena), (line), (expected), __FILE__, __LINE__)
void chains_assert_entry(struct arena *arena, const char *text, const char *expected, const char *file, int line);

/* The samples of the field, as groups post them. */
#define SAMPLE_PLAIN                                                                                          \
	"#接龙\n"                                                                                           \
	"紧急招募志愿者发放抗原检测试剂,请在群里接龙。今晚19:40 社区大院集合\n" \
	"例 姓名 楼号\n"                                                                                 \
	"\n"                                                                                                  \
	"1. 赵一诺 3号楼\n"                                                                              \
	"2. 钱两仪 5号楼,可带小推车\n"                                                              \
	"3. 孙三省\n"                                                                                      \
	"\n"                                                                                                  \
	"自带口罩手套,23点前发完。呼号 K7Q2\n"
#define SAMPLE_MESSY                                       \
	"@所有人 #接龙 周六核酸点维持秩序\n" \
	"１．李四海（代周五常）\n"              \
	"2、吴六顺+1\n"                                \
	"   下午才能到 2点以后\n"                  \
	"4) 郑七巧 138****0000\n"                       \
	"5.\n"                                             \
	"6. 王八达 去不了了\n"
#define SAMPLE_FORK_ONE "#接龙 楼道消杀\n1. 冯九如\n2. 陈十全\n3. 褚百川 上午\n"
#define SAMPLE_FORK_TWO "#接龙 楼道消杀\n1. 冯九如\n2. 陈十全\n3. 卫千里\n"
#define SAMPLE_ENGLISH                               \
	"「小区管家: #接龙 送菜…」\n"    \
	"- - - - - - - - - - - - - - -\n"            \
	"#Group Note\n"                              \
	"Vegetables to the 2nd floor, Sunday 8:30\n" \
	"1. 蒋安\n"                                \
	"2. 沈宁 2-301\n"                          \
	"3. 蒋安 (4-102)\n"

#endif
