/* door.c - who has come: checked in and out, and the code that is shown at the door. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "qr.h"
#include "which.h"

#define CODE_MAX 40
#define RENEW_MS 55000 /* a code is renewed while it is still good for so long: who has just read it must get through */

/* Check in and out. */

/* A code as it is meant: what is copied by hand may have small letters, and O, I and L for the digits that are in the
 * alphabet instead (Crockford's Base32); what a camera reads has the call in front. */
static void
read_code(const char *call, const char *text, char out[CODE_MAX + 1])
{
	size_t len = strlen(call), count = 0;

	if (strncmp(text, call, len) == 0 && text[len] == ':')
		text += len + 1;
	for (; *text && count < CODE_MAX; text++) {
		int c = toupper((unsigned char)*text);
		if (c != ' ' && c != '-')
			out[count++] = (char)(c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c);
	}
	out[count] = '\0';
}

/* One line, as it stands now. */
static bool
read_line(struct tool *tool, const char *call, uint32_t number, struct chain *out)
{
	Gridvanguard__V1__ChainList body = GRIDVANGUARD__V1__CHAIN_LIST__INIT;
	Request request = REQUEST(CHAIN_LIST, &body);
	Answer *answer;
	int status;

	body.call = UNCONST(call);
	body.after = number - 1;
	body.count = 1;
	answer = tool_ask(tool, &request, &status);
	*out = (struct chain){0};
	if (!answer)
		return false;
	chain_take(out, answer->chain_list);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return out->count == 1;
}

/* By which rule so many minutes were granted. */
static void
print_rule(const Call *call, const Line *line)
{
	char minutes[WHEN_MINUTES];

	if (call->grant_minutes)
		printf("%s", T(", as the call says", "，按召集规定"));
	else
		printf(T(", for %s measured, by the half hour: 30 minutes at least, 12 hours at the most",
			       "，实际 %s，按半小时进位，最少 30 分钟，最多 12 小时"),
			when_print_minutes(minutes, line_minutes(line)));
}

static void
print_checked_out(struct tool *tool, const char *call, const Gridvanguard__V1__ChainCheckResult *result)
{
	char minutes[WHEN_MINUTES];
	struct chain chain;
	int status;
	Answer *answer = call_read(tool, call, &status);

	printf(T("number %u is checked out: %s granted", "第 %u 号已签退，认定服务时长 %s"), result->number,
		when_print_minutes(minutes, result->granted_minutes));
	if (answer && read_line(tool, call, result->number, &chain)) {
		print_rule(answer->call_show->call, chain.lines[0]);
		chain_finish(&chain);
	}
	putchar('\n');
	if (answer)
		gridvanguard__v1__answer__free_unpacked(answer, NULL);
}

/* What a refusal means at the door. */
static const char *
refusal_words(const Answer *answer)
{
	switch (answer->status) {
	case GRIDVANGUARD__V1__STATUS__STATUS_TOO_LATE:
		return T("the code is wrong or too old: look at the door again", "签到码有误或已过期，请重看现场的码");
	case GRIDVANGUARD__V1__STATUS__STATUS_CLOSED:
		return T("the line has no place that is confirmed, or the call was cancelled",
			"该条没有已确认的名额，或召集已取消");
	case GRIDVANGUARD__V1__STATUS__STATUS_FORBIDDEN:
		return T("it takes the code at the door, or the author", "需要现场的签到码，或由发起人操作");
	case GRIDVANGUARD__V1__STATUS__STATUS_NOT_FOUND:
		return strcmp(answer->field, "present") == 0 ? T("it was not checked in", "尚未签到") : NULL;
	default:
		return NULL;
	}
}

static void
print_way_out(const struct tool *tool, const Answer *answer)
{
	const char *words = answer && !tool->json ? refusal_words(answer) : NULL;

	if (words)
		fprintf(stderr, "gridctl: %s\n", words);
}

static int
check(struct tool *tool, bool out)
{
	Gridvanguard__V1__ChainCheck body = GRIDVANGUARD__V1__CHAIN_CHECK__INIT;
	Request request = REQUEST(CHAIN_CHECK, &body);
	const char *call = tool->args.words[0], *code = args_get(&tool->args, "code");
	char meant[CODE_MAX + 1];
	Answer *answer;
	int status;

	if (!line_of_flags(tool, call, &body.number, &body.slot, &status))
		return status;
	read_code(call, code ? code : "", meant);
	body.call = UNCONST(call);
	body.out = out;
	body.code = meant;
	answer = caller_call(tool->caller, &request);
	print_way_out(tool, answer);
	answer = tool_check(tool, answer, &status);
	if (!answer)
		return status;
	if (tool->json)
		print_message(&answer->chain_check->base);
	else if (out)
		print_checked_out(tool, call, answer->chain_check);
	else
		printf(T("number %u is checked in\n", "第 %u 号已签到\n"), answer->chain_check->number);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

int
run_check_in(struct tool *tool)
{
	return check(tool, false);
}

int
run_check_out(struct tool *tool)
{
	return check(tool, true);
}

/* The code at the door. */

static void
print_code(struct tool *tool, const char *call, const Gridvanguard__V1__ChainCodeResult *result)
{
	char until[WHEN_TEXT], text[CODE_MAX + 64];

	if (tool->json) {
		print_message(&result->base);
		return;
	}
	snprintf(text, sizeof(text), "%s:%s", call, result->code);
	printf(T("%s  code %s, good until %s\n", "%s  签到码 %s，%s 前有效\n"), call, result->code,
		when_print_clock(until, result->until_ms));
	if (!print_qr(text))
		puts(T("(too long for a QR code)", "（内容过长，无法生成二维码）"));
	fflush(stdout);
}

/* Asks for the code and prints it. *until_ms says until when it is good. */
static int
show_code(struct tool *tool, const char *call, bool redraw, uint64_t *until_ms)
{
	Gridvanguard__V1__ChainCode body = GRIDVANGUARD__V1__CHAIN_CODE__INIT;
	Request request = REQUEST(CHAIN_CODE, &body);
	int status;
	Answer *answer;

	body.call = UNCONST(call);
	answer = tool_ask(tool, &request, &status);
	if (!answer)
		return status;
	if (redraw)
		fputs("\033[H\033[2J", stdout); /* the page empty, and at its beginning */
	print_code(tool, call, answer->chain_code);
	*until_ms = answer->chain_code->until_ms;
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

int
run_call_code(struct tool *tool)
{
	const char *call = tool->args.words[0];
	bool watch = args_get(&tool->args, "watch"), redraw = watch && !tool->json && isatty(STDOUT_FILENO);
	uint64_t until_ms = 0;
	int status = show_code(tool, call, redraw, &until_ms);

	while (watch && status == EXIT_DONE) {
		uv_run(&tool->loop, UV_RUN_ONCE); /* the dialer's clock ticks */
		status = tool_standing(tool);
		if (status == EXIT_DONE && caller_now_ms(tool->caller) + RENEW_MS > until_ms)
			status = show_code(tool, call, redraw, &until_ms);
	}
	return status;
}
