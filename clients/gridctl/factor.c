/* factor.c - the second factor: a code of an authenticator beside the token. */
#include <stdio.h>
#include <string.h>

#include "qr.h"
#include "tool.h"

int
run_factor_begin(struct tool *tool)
{
	Gridvanguard__V1__FactorBegin body = GRIDVANGUARD__V1__FACTOR_BEGIN__INIT;
	Request request = REQUEST(FACTOR_BEGIN, &body);
	int status;
	Answer *answer = tool_ask(tool, &request, &status);

	if (!answer)
		return status;
	if (tool->json) {
		print_message(&answer->factor_begin->base);
	} else {
		if (!print_qr(answer->factor_begin->uri))
			puts(answer->factor_begin->uri);
		printf(T("scan it with an authenticator, or type:\n\n  %s\n\nthen, with the code it shows: gridctl "
			 "factor "
			 "confirm CODE\n",
			       "请用身份验证器扫描，或手工输入：\n\n  %s\n\n然后输入显示的验证码：gridctl factor "
			       "confirm 验证码\n"),
			answer->factor_begin->secret);
	}
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

static bool
is_six_digits(const char *text)
{
	return strlen(text) == 6 && strspn(text, "0123456789") == 6;
}

int
run_factor_confirm(struct tool *tool)
{
	Gridvanguard__V1__FactorConfirm body = GRIDVANGUARD__V1__FACTOR_CONFIRM__INIT;
	Request request = REQUEST(FACTOR_CONFIRM, &body);
	int status;
	Answer *answer;

	body.code = UNCONST(tool->args.words[0]);
	if (!is_six_digits(body.code)) {
		fprintf(stderr, T("gridctl: CODE: '%s' is not six digits\n", "gridctl: 验证码：“%s”不是六位数字\n"),
			body.code);
		return EXIT_USAGE;
	}
	answer = tool_ask(tool, &request, &status);
	if (!answer)
		return status;
	if (tool->json) {
		print_message(&answer->factor_confirm->base);
	} else {
		puts(T("from now on a login takes a code. When you have lost the authenticator, each of these is good "
		       "once; write them down, they are not shown again:\n",
			"今后登录需要验证码。丢失身份验证器时，可用下列恢复码，每个只能用一次；请抄下，不会再次显示："
			"\n"));
		for (size_t i = 0; i < answer->factor_confirm->n_recovery; i++)
			printf("  %s\n", answer->factor_confirm->recovery[i]);
	}
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

int
run_factor_remove(struct tool *tool)
{
	Gridvanguard__V1__FactorRemove body = GRIDVANGUARD__V1__FACTOR_REMOVE__INIT;
	Request request = REQUEST(FACTOR_REMOVE, &body);
	const char *code = args_get(&tool->args, "code"), *person = args_get(&tool->args, "person");

	if (code)
		body.code = UNCONST(code);
	if (person)
		body.person = UNCONST(person);
	return tool_do(tool, &request, T("no code is asked for any more", "今后不再需要验证码"));
}
