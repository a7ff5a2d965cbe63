/* invite.c - a way in for somebody without WeChat, or who has lost his device. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "id.h"
#include "member.h"
#include "qr.h"
#include "tool.h"

void
print_link(const char *base, const char *what, const char *secret)
{
	char link[512];
	int len = snprintf(link, sizeof(link), "%.*s/#/%s/%s",
		(int)(strlen(base) - (base[0] && base[strlen(base) - 1] == '/')), base, what, secret);

	printf("%s\n\n", link);
	if ((size_t)len >= sizeof(link) || !print_qr(link))
		fprintf(stderr, T("gridctl: that is too long for a QR code\n", "gridctl: 内容太长，无法生成二维码\n"));
	sodium_memzero(link, sizeof(link));
}

bool
base_is_good(const struct tool *tool)
{
	static const char *const good[] = {"https://", "http://localhost", "http://127.", "http://[::1]"};
	const char *base = args_get(&tool->args, "base");

	for (size_t i = 0; base && i < ARRAY_LEN(good); i++)
		if (strncmp(base, good[i], strlen(good[i])) == 0)
			return true;
	if (base)
		fprintf(stderr,
			T("gridctl: --base: '%s' does not begin with https://\n",
				"gridctl: --base：“%s”不是以 https:// 开头\n"),
			base);
	return !base;
}

static void
print_invite(struct tool *tool, const Gridvanguard__V1__InviteGiveResult *invite)
{
	const char *base = args_get(&tool->args, "base");
	char until[WHEN_TEXT];

	if (tool->json) {
		print_message(&invite->base);
		return;
	}
	when_print(until, invite->until_ms, caller_now_ms(tool->caller));
	printf(T("for person %s, good once, until %s:\n\n  %s\n\n",
		       "供用户 %s 使用，只能使用一次，至 %s：\n\n  %s\n\n"),
		invite->person, until, invite->token);
	if (base)
		print_link(base, "invite", invite->token);
	else
		printf("gridctl login --invite %s --hub %s\n", invite->token, tool->url);
}

/* Somebody who is there is named by his id, somebody new by his name and where he lives. */
static bool
read_who(struct tool *tool, Gridvanguard__V1__InviteGive *body)
{
	const char *who = tool->args.words[0];
	struct id id;
	bool is_new = !id_parse(&id, text_of(who));

	*(is_new ? &body->name : &body->person) = UNCONST(who);
	if (tool->args.word_count > 1)
		body->place = UNCONST(tool->args.words[1]);
	if (is_new && !body->place[0])
		fprintf(stderr,
			T("gridctl: say where '%s' lives, or invite somebody who is there by the id, as 3.77\n",
				"gridctl: 请写明“%s”的居住地；已有账号的人请写编号，如 3.77\n"),
			who);
	if (!is_new && body->place[0])
		fprintf(stderr,
			T("gridctl: '%s': no place for somebody who is there already (%s)\n",
				"gridctl: “%s”：已有账号的人（%s）不写地点\n"),
			body->place, who);
	return is_new == (body->place[0] != '\0');
}

int
run_invite(struct tool *tool)
{
	Gridvanguard__V1__InviteGive body = GRIDVANGUARD__V1__INVITE_GIVE__INIT;
	Request request = REQUEST(INVITE_GIVE, &body);
	const char *organisation = args_get(&tool->args, "organisation"), *kind = args_get(&tool->args, "kind");
	uint64_t hours;
	Answer *answer;
	int status;

	if (!read_who(tool, &body) || !base_is_good(tool) || !args_number(&tool->args, "hours", 24, 1, 168, &hours))
		return EXIT_USAGE;
	if (kind && !member_kind_of(kind, &body.kind))
		return EXIT_USAGE;
	if (organisation)
		body.organisation = UNCONST(organisation);
	body.hours = (uint32_t)hours;
	answer = tool_ask(tool, &request, &status);
	if (!answer)
		return status;
	print_invite(tool, answer->invite_give);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}
