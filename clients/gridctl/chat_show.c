/* chat_show.c - what would be done with a pasted chain, as it is printed. */
#include <stdio.h>

#include "chat.h"

void
print_paste_head(const ChatPreviewResult *page)
{
	printf(T("call %s: %s\n", "召集 %s：%s\n"), page->call, page->call_title);
	if (page->other_title && page->title[0])
		printf(T("  warning: the text has another title: %s: is it this call?\n",
			       "  注意：文字的标题不同：%s：确定是这个召集吗？\n"),
			page->title);
	else if (page->other_title)
		puts(T("  warning: the text has no title: is it this call?",
			"  注意：文字里没有标题：确定是这个召集吗？"));
	if (page->skipped)
		printf(T("  %u chains of other calls, or earlier ones, are not looked at\n",
			       "  另有 %u 条接龙属于别的召集或已过时，未计入\n"),
			page->skipped);
}

static const char *
reason_words(Gridvanguard__V1__PasteReason reason)
{
	static const char *const words[][2] = {
		{"", ""},
		{"a seat kept free", "空号，占位"},
		{"says that he does not come, and has no line", "写明不来，且没有报名"},
		{"a name with stars is nobody's", "带星号的姓名认不出是谁"},
		{"no name is found in it", "没有找到姓名"},
		{"several members may be meant", "可能是几个成员中的一个"},
		{"looks like a member's name, but is another", "与成员姓名相似但不相同"},
		{"another entry has the same name", "另有一条同名"},
		{"one signs for another: who comes?", "代报：来的是谁？"},
		{"has withdrawn before", "此前已退出"},
		{"more people than one line takes", "人数超过一条的上限"},
		{"several people may be meant: two names, or a further line", "可能不止一人：有两个姓名，或另有一行"},
		{"another number of people", "人数不同"},
		{"another shift", "属于其他班次"},
	};
	size_t i = (size_t)reason < ARRAY_LEN(words) ? (size_t)reason : 0;

	return T(words[i][0], words[i][1]);
}

static const char *
match_words(const PasteEntry *entry)
{
	if (entry->match == GRIDVANGUARD__V1__PASTE_MATCH__PASTE_MATCH_SURE)
		return T("a member", "成员");
	if (entry->match == GRIDVANGUARD__V1__PASTE_MATCH__PASTE_MATCH_LIKELY)
		return T("likely this member", "很可能是该成员");
	return T("without an account", "没有账号");
}

static void
print_doubt(const PasteEntry *entry)
{
	if (entry->reason == GRIDVANGUARD__V1__PASTE_REASON__PASTE_REASON_COUNT)
		printf(T("doubtful: number %u has %u, the text says %u", "存疑：第 %u 号已有 %u 人，文字写 %u 人"),
			entry->number, entry->line_people, entry->people);
	else
		printf(T("doubtful: %s", "存疑：%s"), reason_words(entry->reason));
}

static void
print_action(const PasteEntry *entry)
{
	switch (entry->action) {
	case PASTE_ACTION(ADD):
		printf(T("add %s, %s", "报名 %s，%s"), entry->name, match_words(entry));
		if (entry->people > 1)
			printf(T(", %u people", "，%u 人"), entry->people);
		if (entry->remark[0])
			printf(T(", remark: %s", "，备注：%s"), entry->remark);
		break;
	case PASTE_ACTION(PRESENT):
		fputs(T("there already", "已在接龙中"), stdout);
		if (entry->number)
			printf(T(", number %u", "，第 %u 号"), entry->number);
		break;
	case PASTE_ACTION(WITHDRAW):
		printf(T("does not come: withdraw number %u", "写明不来：应退出第 %u 号"), entry->number);
		break;
	case PASTE_ACTION(LEFT_OUT):
		printf(T("left out: %s", "不计入：%s"), reason_words(entry->reason));
		break;
	default:
		print_doubt(entry);
	}
	if (entry->vanishing && entry->action == PASTE_ACTION(ADD))
		fputs(T(" (was about to vanish)", "（险些丢失）"), stdout);
	putchar('\n');
}

static void
print_on_one_line(const char *text)
{
	for (; *text; text++)
		putchar(*text == '\n' ? ' ' : *text);
}

static void
print_entry(const PasteEntry *entry)
{
	printf("%4u. ", entry->position);
	print_on_one_line(entry->text);
	fputs("\n      ", stdout);
	print_action(entry);
	for (size_t i = 0; i < entry->n_others; i++) {
		fputs(T("      elsewhere: ", "      另一份写作："), stdout);
		print_on_one_line(entry->others[i]);
		putchar('\n');
	}
	for (size_t i = 0; entry->action == PASTE_ACTION(DOUBTFUL) && i < entry->n_candidates; i++)
		printf("      %s %s %s\n", entry->candidates[i]->person, entry->candidates[i]->name,
			entry->candidates[i]->place);
}

size_t
paste_count(const struct paste *paste, Gridvanguard__V1__PasteAction action)
{
	size_t count = 0;

	for (size_t i = 0; i < paste->count; i++)
		count += paste->entries[i]->action == action;
	return count;
}

/* Who is to be added and is not in the first copy, which is held to be the group's. */
static size_t
vanishing_count(const struct paste *paste)
{
	size_t count = 0;

	for (size_t i = 0; i < paste->count; i++)
		count += paste->entries[i]->vanishing && paste->entries[i]->action == PASTE_ACTION(ADD);
	return count;
}

void
print_paste(const struct paste *paste)
{
	size_t doubtful = paste_count(paste, PASTE_ACTION(DOUBTFUL));
	size_t withdrawals = paste_count(paste, PASTE_ACTION(WITHDRAW));
	size_t vanishing = vanishing_count(paste);

	for (size_t i = 0; i < paste->count; i++)
		print_entry(paste->entries[i]);
	printf(T("%zu to add, %zu there already, %zu doubtful, %zu left out",
		       "可报名 %zu，已有 %zu，存疑 %zu，不计入 %zu"),
		paste_count(paste, PASTE_ACTION(ADD)), paste_count(paste, PASTE_ACTION(PRESENT)), doubtful,
		paste_count(paste, PASTE_ACTION(LEFT_OUT)));
	if (withdrawals)
		printf(T(", %zu to withdraw", "，应退出 %zu"), withdrawals);
	if (vanishing == 1)
		printf(T("; one to add was about to vanish (%u copies)", "；其中 1 条可报名的险些丢失（共 %u 份）"),
			paste->copies);
	else if (vanishing)
		printf(T("; %zu to add were about to vanish (%u copies)", "；其中 %zu 条可报名的险些丢失（共 %u 份）"),
			vanishing, paste->copies);
	putchar('\n');
	if (doubtful)
		printf(T("who is doubtful is signed up by: gridctl join %s --for PERSON, or --name NAME\n",
			       "存疑的请逐个报名：gridctl join %s --for 编号，或 --name 姓名\n"),
			paste->call);
}
