/* mine.c - one's own sign-ups in all calls, and the hours of service granted for them. */
#include <stdio.h>
#include <string.h>

#include "call.h"

#define PAGE 100

typedef Gridvanguard__V1__SignUp SignUp;

/* A sign-up says which call it is in; what that is about is asked for, once for sign-ups one behind the other. */
struct looking {
	struct tool *tool;
	Answer *shown; /* the call that was looked at last; NULL: none, or it cannot be had */
	size_t count;
};

/* NULL if it cannot be had. */
static const Call *
call_of(struct looking *looking, const SignUp *sign_up)
{
	Gridvanguard__V1__CallShow body = GRIDVANGUARD__V1__CALL_SHOW__INIT;
	Request request = REQUEST(CALL_SHOW, &body);

	if (looking->shown && looking->shown->call_show &&
		strcmp(looking->shown->call_show->call->id, sign_up->call) == 0)
		return looking->shown->call_show->call;
	if (looking->shown)
		gridvanguard__v1__answer__free_unpacked(looking->shown, NULL);
	body.call = sign_up->call;
	looking->shown = caller_call(looking->tool->caller, &request);
	return looking->shown && looking->shown->call_show ? looking->shown->call_show->call : NULL;
}

/* When to be there: the slot's time, or the call's. */
static void
times_of(const Call *call, const SignUp *sign_up, uint64_t *starts_ms, uint64_t *ends_ms)
{
	const Slot *slot =
		call && sign_up->slot > 0 && sign_up->slot <= call->n_slots ? call->slots[sign_up->slot - 1] : NULL;

	*starts_ms = slot ? slot->starts_ms : call ? call->starts_ms : 0;
	*ends_ms = slot ? slot->ends_ms : call ? call->ends_ms : 0;
}

static void
print_sign_up_json(const Call *call, const SignUp *sign_up)
{
	json_t *object = json_of(&sign_up->base);
	uint64_t starts_ms, ends_ms;

	times_of(call, sign_up, &starts_ms, &ends_ms);
	json_object_set_new(object, "title", json_string(call ? call->title : ""));
	json_object_set_new(object, "slot_label", json_string(call ? slot_label(call, sign_up->slot) : ""));
	json_object_set_new(object, "starts_ms", json_integer((json_int_t)starts_ms));
	json_object_set_new(object, "ends_ms", json_integer((json_int_t)ends_ms));
	print_json(object);
}

static void
print_sign_up(struct looking *looking, const SignUp *sign_up)
{
	const Call *call = call_of(looking, sign_up);
	uint64_t now_ms = caller_now_ms(looking->tool->caller), starts_ms, ends_ms;
	char text[WHEN_SPAN], minutes[WHEN_MINUTES];

	looking->count++;
	if (looking->tool->json) {
		print_sign_up_json(call, sign_up);
		return;
	}
	times_of(call, sign_up, &starts_ms, &ends_ms);
	printf("%s  %s\n", sign_up->call, call ? call->title : "—");
	printf(T("      number %u, %s", "      第 %u 号，%s"), sign_up->number, line_state_words(sign_up->state));
	if (call && sign_up->slot)
		printf("  %s", slot_label(call, sign_up->slot));
	if (sign_up->people > 1)
		printf(T("  %u people", "  %u 人"), sign_up->people);
	if (starts_ms)
		printf("  %s", when_print_span(text, starts_ms, ends_ms, now_ms));
	else
		printf(T("  signed up %s", "  %s 报名"), when_print(text, sign_up->joined_ms, now_ms));
	if (sign_up->granted_minutes)
		printf(T("  %s granted", "  认定 %s"), when_print_minutes(minutes, sign_up->granted_minutes));
	putchar('\n');
}

static void
print_total(const struct looking *looking, uint32_t minutes)
{
	char text[WHEN_MINUTES];

	if (looking->tool->json)
		print_json(json_pack(
			"{s:I, s:I}", "sign_ups", (json_int_t)looking->count, "minutes", (json_int_t)minutes));
	else if (looking->count == 0)
		puts(T("you have not signed up for anything yet", "您还没有接龙"));
	else
		printf(T("sign-ups: %zu, service in all: %s\n", "共 %zu 条，认定服务时长合计 %s\n"), looking->count,
			when_print_minutes(text, minutes));
}

/* It goes on before a time, not behind a key, so this is no tool_pages(). */
int
run_mine(struct tool *tool)
{
	Gridvanguard__V1__SignUpList body = GRIDVANGUARD__V1__SIGN_UP_LIST__INIT;
	Request request = REQUEST(SIGN_UP_LIST, &body);
	struct looking looking = {.tool = tool};
	uint32_t minutes = 0;
	bool more = true;
	int status = EXIT_DONE;

	body.count = PAGE;
	while (more) {
		Answer *answer = tool_ask(tool, &request, &status);
		if (!answer)
			break;
		for (size_t i = 0; i < answer->sign_up_list->n_sign_ups; i++) {
			print_sign_up(&looking, answer->sign_up_list->sign_ups[i]);
			body.before_ms = answer->sign_up_list->sign_ups[i]->joined_ms;
		}
		minutes = answer->sign_up_list->minutes;
		more = answer->sign_up_list->more;
		gridvanguard__v1__answer__free_unpacked(answer, NULL);
	}
	if (status == EXIT_DONE)
		print_total(&looking, minutes);
	if (looking.shown)
		gridvanguard__v1__answer__free_unpacked(looking.shown, NULL);
	return status;
}
