/* phones.c - the phones of those who signed up to a call. */
#include <stdio.h>

#include "which.h"

#define PAGE 100

static void
print_phone(struct tool *tool, const Gridvanguard__V1__LinePhone *phone)
{
	char number[16];

	if (tool->json) {
		print_message(&phone->base);
		return;
	}
	snprintf(number, sizeof(number), "%u", phone->number);
	print_padded(number, 5);
	print_padded(phone->person, 10);
	printf("%s\n", phone->phone[0] ? phone->phone : T("no phone is known", "未登记手机号"));
}

int
run_call_phones(struct tool *tool)
{
	Gridvanguard__V1__ChainPhones body = GRIDVANGUARD__V1__CHAIN_PHONES__INIT;
	Request request = REQUEST(CHAIN_PHONES, &body);
	size_t count = 0;
	int status;

	body.call = UNCONST(tool->args.words[0]);
	body.count = PAGE;
	do {
		Answer *answer = tool_ask(tool, &request, &status);
		if (!answer)
			return status;
		for (size_t i = 0; i < answer->chain_phones->n_phones; i++)
			print_phone(tool, answer->chain_phones->phones[i]);
		count += answer->chain_phones->n_phones;
		body.after = answer->chain_phones->next;
		gridvanguard__v1__answer__free_unpacked(answer, NULL);
	} while (body.after > 0);
	if (count == 0 && !tool->json)
		puts(T("nobody has signed up with an account of his own", "没有用自己账号报名的人"));
	return EXIT_DONE;
}
