/* device.c - the devices on which one stays logged in. */
#include <stdio.h>
#include <string.h>

#include "tool.h"

typedef Gridvanguard__V1__Device Device;

static void
print_device(struct tool *tool, const Device *device)
{
	uint64_t now_ms = caller_now_ms(tool->caller);
	char number[16], seen[WHEN_TEXT], until[WHEN_TEXT];

	if (tool->json) {
		print_message(&device->base);
		return;
	}
	snprintf(number, sizeof(number), "%u", device->number);
	print_padded(number, 5);
	print_padded(device->name, 24);
	printf(T("seen %s, until %s%s\n", "最近 %s，至 %s%s\n"), when_print(seen, device->seen_ms, now_ms),
		when_print(until, device->until_ms, now_ms), device->own ? T(", this one", "，本机") : "");
}

/* Whose they are; "" for one's own. */
static char *
typed_person(struct tool *tool)
{
	const char *person = args_get(&tool->args, "person");

	return UNCONST(person ? person : "");
}

int
run_device_list(struct tool *tool)
{
	Gridvanguard__V1__DeviceList body = GRIDVANGUARD__V1__DEVICE_LIST__INIT;
	Request request = REQUEST(DEVICE_LIST, &body);
	int status;
	Answer *answer;

	body.person = typed_person(tool);
	answer = tool_ask(tool, &request, &status);
	if (!answer)
		return status;
	for (size_t i = 0; i < answer->device_list->n_devices; i++)
		print_device(tool, answer->device_list->devices[i]);
	if (answer->device_list->n_devices == 0 && !tool->json)
		puts(T("no device has a token; a development login makes none", "没有设备持有令牌；开发登录不会产生"));
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

int
run_device_revoke(struct tool *tool)
{
	Gridvanguard__V1__DeviceRevoke body = GRIDVANGUARD__V1__DEVICE_REVOKE__INIT;
	Request request = REQUEST(DEVICE_REVOKE, &body);
	const char *typed = tool->args.words[0];

	if (strcmp(typed, "all") != 0 && (!text_to_u32(&body.device, text_of(typed)) || body.device == 0)) {
		fprintf(stderr,
			T("gridctl: '%s' is no number of a device, nor 'all'\n",
				"gridctl: “%s”不是设备序号，也不是 all\n"),
			typed);
		return EXIT_USAGE;
	}
	body.person = typed_person(tool);
	return tool_do(tool, &request, T("logged out there", "已在该设备退出登录"));
}
