/* phones.c - the phones of those who signed up to a call. */
#include <stdio.h>

#include "which.h"

#define PAGE       100
#define LINES_PAGE 200

/* Names, where the chain shows them to who asks: who may not list it, or without a reason, sees ids. */
static void
load_names(struct tool *tool, char *call, struct chain *names)
{
	Gridvanguard__V1__ChainList body = GRIDVANGUARD__V1__CHAIN_LIST__INIT;
	Request request = REQUEST(CHAIN_LIST, &body);
	bool more = !tool->json;

	body.call = call;
	body.count = LINES_PAGE;
	while (more) {
		Answer *answer = caller_call(tool->caller, &request);
		more = answer && answer->status == GRIDVANGUARD__V1__STATUS__STATUS_OK;
		if (more) {
			chain_take(names, answer->chain_list);
			body.after = answer->chain_list->after;
			more = answer->chain_list->more;
		}
		if (answer)
			gridvanguard__v1__answer__free_unpacked(answer, NULL);
	}
}

static void
print_phone(struct tool *tool, const Gridvanguard__V1__LinePhone *phone, const struct chain *names)
{
	char number[16], who[PERSON_TEXT];

	if (tool->json) {
		print_message(&phone->base);
		return;
	}
	snprintf(number, sizeof(number), "%u", phone->number);
	print_padded(number, 5);
	print_padded(chain_person(names, phone->person, who), 24);
	printf("%s\n", phone->phone[0] ? phone->phone : T("no phone is known", "未登记手机号"));
}

int
run_call_phones(struct tool *tool)
{
	Gridvanguard__V1__ChainPhones body = GRIDVANGUARD__V1__CHAIN_PHONES__INIT;
	Request request = REQUEST(CHAIN_PHONES, &body);
	struct chain names = {0};
	size_t count = 0;
	int status = EXIT_DONE;

	body.call = UNCONST(tool->args.words[0]);
	body.count = PAGE;
	load_names(tool, body.call, &names);
	do {
		Answer *answer = tool_ask(tool, &request, &status);
		if (!answer)
			break;
		for (size_t i = 0; i < answer->chain_phones->n_phones; i++)
			print_phone(tool, answer->chain_phones->phones[i], &names);
		count += answer->chain_phones->n_phones;
		body.after = answer->chain_phones->next;
		gridvanguard__v1__answer__free_unpacked(answer, NULL);
	} while (body.after > 0);
	chain_finish(&names);
	if (status == EXIT_DONE && count == 0 && !tool->json)
		puts(T("nobody has signed up with an account of his own", "没有用自己账号报名的人"));
	return status;
}
