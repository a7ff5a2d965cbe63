#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"

/* The connection. */

const char *
tool_folder(const struct tool *tool)
{
	const char *folder = args_get(&tool->args, "data");

	return folder ? folder : getenv(ENVIRONMENT_DATA);
}

bool
tool_has_token(const struct tool *tool)
{
	return strchr(tool->token, '.');
}

/* The hub may have given another token: the one that was saved is good no more once that is used. */
static int
keep_token(struct tool *tool)
{
	const char *token = caller_token(tool->caller);

	if (!tool_has_token(tool) || strcmp(token, tool->token) == 0)
		return EXIT_DONE;
	snprintf(tool->token, sizeof(tool->token), "%s", token);
	if (saved_session_write(tool))
		return EXIT_DONE;
	fprintf(stderr, T("gridctl: the login could not be saved\n", "gridctl: 无法保存登录\n"));
	return EXIT_LOCAL;
}

/* What a desk shows while it waits for a phone. */
static void
show_ticket(struct caller *caller, const char *ticket, uint32_t number, void *context)
{
	struct tool *tool = context;
	const char *base = args_get(&tool->args, "base");

	(void)caller;
	if (tool->json) {
		print_json(json_pack("{s:s, s:i}", "ticket", ticket, "number", (int)number));
	} else {
		if (base)
			print_link(base, "desk", ticket);
		printf(T("number %u\n\nwaiting for a phone that is logged in to let this desk in:\n  gridctl desk show "
			 "%s\n",
			       "数字 %u\n\n等待已登录的手机允许此处登录：\n  gridctl desk show %s\n"),
			number, ticket);
	}
	fflush(stdout);
}

/* What this machine is called, as far as it can be said in a login; "" otherwise. */
static const char *
name_of_machine(char name[41])
{
	char host[256] = "";

	if (gethostname(host, sizeof(host) - 1) != 0)
		return "";
	for (const char *at = host; *at; at++)
		if (*at <= ' ' || *at > '~')
			return "";
	snprintf(name, 41, "%.40s", host);
	return name;
}

int
tool_connect(struct tool *tool)
{
	char machine[41];
	struct caller_options options = {.url = tool->url,
		.token = tool->token,
		.by_token = tool_has_token(tool),
		.code = tool->code,
		.device = name_of_machine(machine),
		.desk = tool->desk,
		.ticket = show_ticket,
		.context = tool,
		.token_file = tool->token_file[0] ? tool->token_file : NULL,
		.handle = tool->handle,
		.timeout_ms = tool->timeout_ms};
	uint64_t until_us = clock_mono_us() + (uint64_t)tool->timeout_ms * 1000;

	if (tool->url[0] == '\0' ||
		(!tool->desk && (tool->token[0] == '\0' || (tool->handle[0] == '\0' && !tool_has_token(tool))))) {
		fprintf(stderr, T("gridctl: not logged in; try: gridctl login --invite INVITE, or for trials gridctl "
				  "login HANDLE "
				  "--dev --data FOLDER\n",
					"gridctl: 未登录；请先：gridctl login --invite 邀请码，试用可用 gridctl login "
					"登录名 --dev "
					"--data 数据目录\n"));
		return EXIT_LOGIN;
	}
	uv_loop_init(&tool->loop);
	tool->dialer = dialer_create(&tool->loop);
	tool->caller = tool->dialer ? caller_create(tool->dialer, &options) : NULL;
	if (!tool->caller)
		return EXIT_LOCAL;
	while (caller_state(tool->caller) == CALLER_AWAY && clock_mono_us() < until_us)
		uv_run(&tool->loop, UV_RUN_ONCE);
	if (caller_state(tool->caller) == CALLER_PRESENT)
		return keep_token(tool);
	if (caller_state(tool->caller) == CALLER_REFUSED)
		return tool_standing(tool);
	fprintf(stderr, T("gridctl: no hub answers at %s (%s)\n", "gridctl: %s 没有中枢应答（%s）\n"), tool->url,
		caller_trouble(tool->caller));
	return EXIT_AWAY;
}

static int
status_of_refusal(const struct tool *tool)
{
	switch (caller_refusal(tool->caller)) {
	case REFUSED_NOT:
		return caller_watch_refused(tool->caller) ? EXIT_REFUSED : EXIT_DONE;
	case REFUSED_UNKNOWN:
	case REFUSED_CODE:
	case REFUSED_LOGIN:
		return EXIT_LOGIN;
	case REFUSED_SENT:
		return EXIT_REFUSED;
	case REFUSED_ADDRESS:
		return EXIT_USAGE;
	}
	return EXIT_REFUSED;
}

int
tool_standing(struct tool *tool)
{
	int status = status_of_refusal(tool);

	if (ferror(stdout)) /* nobody would hear what else is said */
		return EXIT_LOCAL;
	if (status != EXIT_DONE)
		fprintf(stderr, T("gridctl: %s: %s\n", "gridctl: %s：%s\n"), tool->url, caller_trouble(tool->caller));
	if (caller_refusal(tool->caller) == REFUSED_CODE) /* what came by an invite is not saved yet */
		fprintf(stderr,
			T("gridctl: with it: gridctl login %s--code CODE\n",
				"gridctl: 请附上验证码：gridctl login %s--code 验证码\n"),
			!args_get(&tool->args, "invite")
				? ""
				: T("--invite INVITE --hub URL ", "--invite 邀请码 --hub 地址 "));
	if (caller_refusal(tool->caller) == REFUSED_UNKNOWN && !tool_has_token(tool) && !tool->desk)
		fprintf(stderr,
			T("gridctl: a hub that was started anew wants a new login: gridctl login %s --dev --data "
			  "FOLDER\n",
				"gridctl: 中枢重新启动后须重新登录：gridctl login %s --dev --data 数据目录\n"),
			tool->handle);
	return status;
}

void
tool_disconnect(struct tool *tool)
{
	if (tool->caller)
		caller_destroy(tool->caller);
	if (!tool->dialer)
		return;
	dialer_destroy(tool->dialer);
	uv_run(&tool->loop, UV_RUN_DEFAULT);
	dialer_finish(tool->dialer);
	uv_loop_close(&tool->loop);
	tool->caller = NULL;
	tool->dialer = NULL;
}

static int
exit_of(enum status status)
{
	return status == UNAUTHENTICATED ? EXIT_LOGIN : EXIT_REFUSED;
}

Answer *
tool_check(struct tool *tool, Answer *answer, int *status)
{
	*status = EXIT_DONE;
	if (!answer && caller_state(tool->caller) == CALLER_REFUSED) {
		*status = tool_standing(tool);
		return NULL;
	}
	if (!answer) {
		fprintf(stderr, T("gridctl: no answer in time: %s\n", "gridctl: 超时未答复：%s\n"),
			caller_trouble(tool->caller));
		*status = EXIT_AWAY;
		return NULL;
	}
	if (answer->status == GRIDVANGUARD__V1__STATUS__STATUS_OK)
		return answer;
	print_refusal(tool, answer);
	*status = exit_of((enum status)answer->status);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return NULL;
}

Answer *
tool_ask(struct tool *tool, Request *request, int *status)
{
	const char *why = args_get(&tool->args, "why");

	if (why)
		request->why = UNCONST(why);
	return tool_check(tool, caller_call(tool->caller, request), status);
}

void
paging_took(struct paging *paging, size_t count, const char *last, bool more)
{
	paging->count += count;
	paging->more = more;
	snprintf(paging->after, sizeof(paging->after), "%s", last);
}

int
tool_pages(struct tool *tool, Request *request, char **after, struct paging *paging, size_t enough, take_page *take,
	void *context)
{
	int status = EXIT_DONE;

	*paging = (struct paging){.more = true};
	*after = paging->after;
	while (status == EXIT_DONE && paging->more && paging->count < enough) {
		Answer *answer = tool_ask(tool, request, &status);
		if (!answer)
			break;
		take(tool, answer, paging, context);
		gridvanguard__v1__answer__free_unpacked(answer, NULL);
	}
	return status;
}

void
print_list_end(struct tool *tool, const struct paging *paging, const char *if_empty)
{
	if (paging->count == 0 && !tool->json)
		puts(if_empty);
	if (paging->count > 0 && paging->more)
		fprintf(stderr,
			T("gridctl: only the first %zu; --all lists all\n",
				"gridctl: 只列出前 %zu 条；用 --all 全部列出\n"),
			paging->count);
}

int
tool_do(struct tool *tool, Request *request, const char *said)
{
	int status;
	Answer *answer = tool_ask(tool, request, &status);

	if (!answer)
		return status;
	if (tool->json)
		print_message(&answer->base);
	else
		puts(said);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

/* The saved session: three lines, url, token and handle, in a file for its owner alone. */

static bool
session_path(char *out, size_t room)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (config && config[0])
		snprintf(out, room, "%s/gridctl", config);
	else if (home)
		snprintf(out, room, "%s/.config/gridctl", home);
	else
		return false;
	return true;
}

static bool
read_field(FILE *file, char *out, size_t room)
{
	if (!fgets(out, (int)room, file))
		return false;
	out[strcspn(out, "\n")] = '\0';
	return true;
}

bool
saved_session_read(struct tool *tool)
{
	char path[512];
	FILE *file;
	bool good;

	if (!session_path(path, sizeof(path) - 16))
		return false;
	strcat(path, "/session");
	file = fopen(path, "r");
	if (!file)
		return false;
	good = read_field(file, tool->url, sizeof(tool->url)) && read_field(file, tool->token, sizeof(tool->token)) &&
	       read_field(file, tool->handle, sizeof(tool->handle));
	fclose(file);
	return good;
}

bool
saved_session_write(const struct tool *tool)
{
	char path[512];
	FILE *file;
	int fd;

	if (!session_path(path, sizeof(path) - 16))
		return false;
	*strrchr(path, '/') = '\0';
	mkdir(path, 0700); /* ~/.config */
	path[strlen(path)] = '/';
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return false;
	strcat(path, "/session");
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file)
		return false;
	fprintf(file, "%s\n%s\n%s\n", tool->url, tool->token, tool->handle);
	return fclose(file) == 0;
}

bool
saved_session_remove(void)
{
	char path[512];

	if (!session_path(path, sizeof(path) - 16))
		return false;
	strcat(path, "/session");
	return unlink(path) == 0 || errno == ENOENT;
}
