#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

#define PROGRAM        "gridhub"
#define LINE_MAX_BYTES 65536
#define DEFAULT_FILE   "/etc/gridhub.conf"
#define ENVIRONMENT    "GRIDHUB_"

struct setting {
	const char *name;
	enum { SETTING_TEXT, SETTING_NUMBER, SETTING_FLAG } type;
	size_t offset;
	const char *standard;
	uint64_t min, max; /* of a number */
	const char *value; /* what stands for it in the help */
	const char *help;
};

static const struct setting settings[] = {
	{"listen", SETTING_TEXT, offsetof(struct config, listen), "127.0.0.1:7412", 0, 0, "ADDRESS:PORT",
		"Where to listen; port 0 takes any free one. TLS ends in a proxy in front: any other than a loopback "
		"address needs trusted-proxy."},
	{"data", SETTING_TEXT, offsetof(struct config, data), "/var/lib/gridhub", 0, 0, "FOLDER",
		"The data folder; made if missing, and readable by nobody else."},
	{"redis", SETTING_TEXT, offsetof(struct config, redis), "", 0, 0, "URL",
		"Use this Redis (7.0 or newer): redis://[user:password@]host[:port][/database] or "
		"unix:/path[?db=number]. Empty: the hub runs one of its own in the data folder. A password is better "
		"set in the environment than in a flag, which other users can see."},
	{"key-file", SETTING_TEXT, offsetof(struct config, key_file), "", 0, 0, "FILE",
		"The key under which phones are sealed, made at the first start. Empty: phones.key in the data folder. "
		"Hubs on one Redis share it. Keep a copy, apart from the data's: without it the phones are lost."},
	{"allow-volatile", SETTING_FLAG, offsetof(struct config, allow_volatile), "no", 0, 0, NULL,
		"Use a Redis that may lose what it was given: one without append-only file, or with eviction."},
	{"takeover", SETTING_FLAG, offsetof(struct config, takeover), "no", 0, 0, NULL,
		"Take the place of the hub that runs on the data folder, with its listening socket and its Redis: it "
		"goes "
		"on until this one can serve, no connection is refused on the way, and it ends when its sessions have "
		"been told to come back. If none runs, start as usual."},
	{"dev", SETTING_FLAG, offsetof(struct config, dev), "no", 0, 0, NULL,
		"Let anybody on this machine who can read dev.token in the data folder log in under any name. Only on "
		"a loopback address and without a trusted proxy."},
	{"trusted-proxy", SETTING_TEXT, offsetof(struct config, trusted_proxy), "", 0, 0, "ADDRESSES",
		"Addresses, separated by blanks, of proxies whose X-Forwarded-For header is believed."},
	{"www", SETTING_TEXT, offsetof(struct config, www), "", 0, 0, "FOLDER",
		"The pages for phones and the board, as they were built, with their manifest.json; read once, at the "
		"start. Empty: www beside the program, else " WWW_INSTALLED ", if they are there; none: no pages."},
	{"origins", SETTING_TEXT, offsetof(struct config, origins), "", 0, 0, "ORIGINS",
		"Whose pages may open a session from within a browser, separated by blanks, as "
		"https://board.example.cn. Empty: those of the host they ask for, as the hub's own are; who names "
		"others "
		"names that host, too. Who sends no origin is no browser, "
		"and is not concerned; nor is WeChat's runtime."},
	{"wechat-appid", SETTING_TEXT, offsetof(struct config, wechat_appid), "", 0, 0, "APPID",
		"The mini-program's appid. Empty: nothing is asked of WeChat, and nobody logs in by it."},
	{"wechat-secret-file", SETTING_TEXT, offsetof(struct config, wechat_secret_file), "", 0, 0, "FILE",
		"The file with the mini-program's secret (AppSecret), in one line; nobody else may read it."},
	{"wechat-base", SETTING_TEXT, offsetof(struct config, wechat_base), "https://api.weixin.qq.com", 0, 0, "URL",
		"Where WeChat's interfaces are; http:// only of a loopback address."},
	{"wechat-stage", SETTING_TEXT, offsetof(struct config, wechat_stage), "release", 0, 0, "STAGE",
		"Which version of the mini-program messages and codes lead to: release, trial or develop."},
	{"wechat-call-template", SETTING_TEXT, offsetof(struct config, wechat_call_template), "", 0, 0, "TEMPLATE",
		"The subscribe message that tells people of a new call: the template's id and what its fields say, as "
		"'ID "
		"thing1=title time2=deadline thing3=place'. A thing takes title, place or meeting, a time or date "
		"takes "
		"deadline or starts. Empty: nobody is told."},
	{"log-level", SETTING_TEXT, offsetof(struct config, log_level), "info", 0, 0, "LEVEL",
		"How much to log: error, warn, info or debug."},
	{"max-sessions", SETTING_NUMBER, offsetof(struct config, max_sessions), "18000", 1, 1000000, "NUMBER",
		"Sessions at once; more are answered with 503."},
	{"max-requests", SETTING_NUMBER, offsetof(struct config, max_requests), "10000", 1, 100000, "NUMBER",
		"Requests under way at once; more are answered with BUSY."},
	{"max-outbox", SETTING_NUMBER, offsetof(struct config, max_outbox), "262144", 65536, 16777216, "BYTES",
		"What may wait to be sent to one session; one that reads too slowly is closed and resumes later."},
	{"person-budget", SETTING_NUMBER, offsetof(struct config, person_budget), "20", 1, 1000000, "POINTS",
		"What one person may ask for a second, over all his sessions here: 1 point to read, 4 to change "
		"something. What he does not use is saved up for 50 seconds; past it he is answered with BUSY and when "
		"to "
		"come again."},
	{"address-budget", SETTING_NUMBER, offsetof(struct config, address_budget), "1000", 1, 1000000, "POINTS",
		"What may come from one address a second before anybody has logged in: 1 point a connection or a "
		"request, 4 a login that fails; saved up for 50 seconds too. A proxy is to be named in "
		"trusted-proxy, or "
		"all who come through it share one budget."},
	{"pulse", SETTING_NUMBER, offsetof(struct config, pulse), "25", 1, 3600, "SECONDS",
		"Time between two heartbeats to a session; one that is silent for twice as long is closed."},
	{"request-timeout", SETTING_NUMBER, offsetof(struct config, request_timeout), "5", 1, 60, "SECONDS",
		"How long a request waits for Redis before it is answered with UNAVAILABLE."},
	{"history", SETTING_NUMBER, offsetof(struct config, history), "1024", 16, 65536, "EVENTS",
		"Events of each of the 16 logs that are kept in memory for clients that come back."},
	{"second-factor", SETTING_FLAG, offsetof(struct config, second_factor), "yes", 0, 0, NULL,
		"Who logs in by a token and holds a role above a grid (supervisor, department, operator, security, "
		"auditor) must set up a second factor before anything else. Who has one must show it whenever he logs "
		"in "
		"by a token. A login by WeChat never asks for it: WeChat is trusted as much as the two together."},
	{"idle-lock", SETTING_NUMBER, offsetof(struct config, idle_lock), "900", 0, 86400, "SECONDS",
		"A session on a device where a second factor was shown is closed when nothing was asked for so long, "
		"and "
		"its next login must show it again; 0: never."},
	{"disk-reserve", SETTING_NUMBER, offsetof(struct config, disk_reserve), "64", 1, 1000000, "MEGABYTES",
		"Free room in the data folder below which writes are held back; reads go on."},
	{"audit-keep", SETTING_NUMBER, offsetof(struct config, audit_keep), "200", 183, 36500, "DAYS",
		"How long the audit log is kept: half a year at least, as the law demands of such logs."},
	{"keep-names", SETTING_NUMBER, offsetof(struct config, keep_names), "90", 1, 36500, "DAYS",
		"How long after a call has ended its names, remarks and answers are kept; figures are kept for ever."},
	{"policy-file", SETTING_TEXT, offsetof(struct config, policy_file), "", 0, 0, "FILE",
		"The privacy policy that people agree to, in UTF-8. Empty: ours. Another text asks everybody again."},
};

static void *
member(const struct config *config, const struct setting *setting)
{
	return (char *)UNCONST(config) + setting->offset;
}

static const struct setting *
find_setting(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (strlen(settings[i].name) == len && memcmp(settings[i].name, name, len) == 0)
			return &settings[i];
	return NULL;
}

static bool
complain(const char *name, const char *value, const char *source, const char *flaw)
{
	fprintf(stderr, PROGRAM ": %s: '%s' %s (from %s)\n", name, value, flaw, source);
	return false;
}

static bool
set_text(struct config *config, const struct setting *setting, const char *value)
{
	char **text = member(config, setting);
	char *copy = strdup(value);

	if (!copy)
		return false;
	free(*text);
	*text = copy;
	return true;
}

static bool
set_number(struct config *config, const struct setting *setting, const char *value, const char *source)
{
	uint64_t number;
	char flaw[96];

	if (!text_to_u64(&number, text_of(value), UINT64_MAX / 16) || number < setting->min || number > setting->max) {
		snprintf(flaw, sizeof(flaw), "is not a number from %llu to %llu", (unsigned long long)setting->min,
			(unsigned long long)setting->max);
		return complain(setting->name, value, source, flaw);
	}
	*(uint64_t *)member(config, setting) = number;
	return true;
}

static bool
set_flag(struct config *config, const struct setting *setting, const char *value, const char *source)
{
	static const char *const words[][2] = {{"no", "yes"}, {"false", "true"}, {"0", "1"}, {"off", "on"}};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		for (int is = 0; is < 2; is++) {
			if (strcasecmp(value, words[i][is]) != 0)
				continue;
			*(bool *)member(config, setting) = is;
			return true;
		}
	}
	return complain(setting->name, value, source, "is neither yes nor no");
}

static bool
set(struct config *config, const struct setting *setting, const char *value, const char *source)
{
	switch (setting->type) {
	case SETTING_TEXT:
		return set_text(config, setting, value);
	case SETTING_NUMBER:
		return set_number(config, setting, value, source);
	case SETTING_FLAG:
		return set_flag(config, setting, value, source);
	}
	return false;
}

/* The file. */

struct file_reading {
	struct config *config;
	const char *path;
	bool complained;
};

/* A line as long as it is; libinih would break it at 200 bytes, and take an indented line for more of the value above. */
static void
set_up_libinih(void)
{
	ini_use_stack = false;
	ini_allow_realloc = true;
	ini_max_line = LINE_MAX_BYTES;
	ini_allow_multiline = false;
	ini_stop_on_first_error = true;
}

static int
on_ini(void *user, const char *section, const char *name, const char *value)
{
	struct file_reading *reading = user;
	const struct setting *setting = find_setting(name, strlen(name));

	if (section[0] != '\0')
		reading->complained = !complain(name, section, reading->path, "is a section, and there are none");
	else if (!setting)
		reading->complained = !complain(name, value, reading->path, "belongs to no setting of that name");
	else
		reading->complained = !set(reading->config, setting, value, reading->path);
	return !reading->complained;
}

static bool
read_file(struct config *config, const char *path, bool must_exist)
{
	struct file_reading reading = {.config = config, .path = path};
	int line;

	if (access(path, F_OK) != 0 && errno == ENOENT && !must_exist)
		return true;
	set_up_libinih();
	line = ini_parse(path, on_ini, &reading);
	if (line < 0)
		fprintf(stderr, PROGRAM ": %s: cannot be read\n", path[0] ? path : "--config");
	else if (line > 0 && !reading.complained)
		fprintf(stderr, PROGRAM ": %s: line %d is not a setting\n", path, line);
	return line == 0;
}

static bool
read_environment(struct config *config)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		char name[64] = ENVIRONMENT;
		const char *value;
		size_t len = strlen(name);
		for (const char *at = settings[i].name; *at; at++)
			name[len++] = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
		name[len] = '\0';
		value = getenv(name);
		if (value && !set(config, &settings[i], value, name))
			return false;
	}
	return true;
}

/* Flags. */

/* One flag at argv[*at]: moves *at over its value. */
static bool
read_flag(struct config *config, int argc, char **argv, int *at)
{
	const char *flag = argv[*at], *name = flag + (strncmp(flag, "--", 2) == 0 ? 2 : strlen(flag));
	const char *equals = strchr(name, '='), *value = equals ? equals + 1 : NULL;
	const struct setting *setting = find_setting(name, equals ? (size_t)(equals - name) : strlen(name));

	if (!setting) {
		fprintf(stderr, PROGRAM ": %s: no such flag; see " PROGRAM " --help\n", flag);
		return false;
	}
	if (!value && setting->type == SETTING_FLAG)
		value = "yes";
	if (!value && *at + 1 < argc)
		value = argv[++*at];
	if (!value) {
		fprintf(stderr, PROGRAM ": --%s: its value is missing\n", setting->name);
		return false;
	}
	return set(config, setting, value, flag);
}

static bool
is_file_flag(const char *arg)
{
	return strcmp(arg, "--config") == 0 || strncmp(arg, "--config=", 9) == 0;
}

/* What is asked for beside settings; the last of them counts. */
static enum config_wish
find_wish(int argc, char **argv)
{
	static const struct {
		const char *flag;
		enum config_wish wish;
	} wishes[] = {
		{"--help", CONFIG_HELP},
		{"-h", CONFIG_HELP},
		{"--version", CONFIG_VERSION},
		{"--man", CONFIG_MAN},
		{"--check-config", CONFIG_CHECK},
	};
	enum config_wish wish = CONFIG_RUN;

	for (int i = 1; i < argc; i++) {
		for (size_t j = 0; j < ARRAY_LEN(wishes); j++) {
			if (strcmp(argv[i], wishes[j].flag) != 0)
				continue;
			wish = wishes[j].wish;
			argv[i] = NULL;
			break;
		}
	}
	return wish;
}

/* The file named by --config, which is taken out of argv; NULL if none is. */
static const char *
find_file(int argc, char **argv)
{
	const char *path = NULL;

	for (int i = 1; i < argc; i++) {
		if (!argv[i] || !is_file_flag(argv[i]))
			continue;
		path = strchr(argv[i], '=') ? strchr(argv[i], '=') + 1 : "";
		if (path[0] == '\0' && i + 1 < argc && argv[i + 1]) {
			path = argv[i + 1];
			argv[i + 1] = NULL;
		}
		argv[i] = NULL;
	}
	return path;
}

static bool
read_flags(struct config *config, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (argv[i] && !read_flag(config, argc, argv, &i))
			return false;
	return true;
}

enum config_wish
config_read(struct config *config, int argc, char **argv)
{
	enum config_wish wish = find_wish(argc, argv);
	const char *file = find_file(argc, argv);

	*config = (struct config){0};
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (!set(config, &settings[i], settings[i].standard, "its default"))
			return CONFIG_BAD;
	if (wish == CONFIG_HELP || wish == CONFIG_VERSION || wish == CONFIG_MAN)
		return wish;
	if (!read_file(config, file ? file : DEFAULT_FILE, file) || !read_environment(config) ||
		!read_flags(config, argc, argv))
		return CONFIG_BAD;
	return wish;
}

void
config_finish(struct config *config)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (settings[i].type == SETTING_TEXT)
			free(*(char **)member(config, &settings[i]));
	*config = (struct config){0};
}

/* Showing. */

const char *
config_hide_password(const char *url)
{
	static char hidden[512];
	const char *scheme = strstr(url, "://"), *user = scheme ? scheme + 3 : "", *at = strrchr(user, '@');
	const char *colon = at ? memchr(user, ':', (size_t)(at - user)) : NULL;

	if (!colon)
		return url;
	snprintf(hidden, sizeof(hidden), "%.*s:***%s", (int)(colon - url), url, at);
	return hidden;
}

void
config_print(const struct config *config, FILE *out)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		void *at = member(config, &settings[i]);
		fprintf(out, "%s = ", settings[i].name);
		if (settings[i].type == SETTING_TEXT)
			fprintf(out, "%s\n", config_hide_password(*(char **)at));
		else if (settings[i].type == SETTING_NUMBER)
			fprintf(out, "%llu\n", (unsigned long long)*(uint64_t *)at);
		else
			fprintf(out, "%s\n", *(bool *)at ? "yes" : "no");
	}
}

/* The help in lines of at most `width` characters, each behind an indent. */
static void
print_wrapped(FILE *out, const char *text, int indent, int width)
{
	int column = 0;

	while (*text) {
		int word = (int)strcspn(text, " ");
		if (column > 0 && column + 1 + word > width) {
			fputc('\n', out);
			column = 0;
		}
		column += fprintf(out, "%*s%.*s", column ? 1 : indent, "", word, text);
		column -= column == word + indent ? indent : 0;
		text += word;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

/* What stands behind its name: a flag is yes by being there, so one that is yes anyway is shown as it is turned off. */
static const char *
value_of(const struct setting *setting)
{
	if (setting->type == SETTING_FLAG && strcmp(setting->standard, "yes") == 0)
		return "=no";
	return setting->value ? setting->value : "";
}

void
config_print_help(FILE *out)
{
	fprintf(out, "Usage: " PROGRAM " [--config FILE] [--SETTING VALUE]...\n"
		     "The real-time hub of Grid Vanguard: calls, chains and tallies over WebSockets, kept in Redis.\n\n"
		     "  --config FILE    settings as NAME = VALUE, one a line; default " DEFAULT_FILE "\n"
		     "  --check-config   print all settings as they stand, and end\n"
		     "  --man            print the manual page, and end\n"
		     "  --version        print the version, and end\n"
		     "  --help           print this, and end\n\n"
		     "Settings, also in the environment as " ENVIRONMENT "NAME:\n");
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		fprintf(out, "\n  --%s%s%s\n", settings[i].name, settings[i].value ? " " : "", value_of(&settings[i]));
		print_wrapped(out, settings[i].help, 6, 74);
		if (settings[i].standard[0])
			fprintf(out, "      Default: %s\n", settings[i].standard);
	}
}

/* troff takes a hyphen for a minus only if it is escaped. */
static void
print_troff(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '-' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
}

void
config_print_man(FILE *out)
{
	fprintf(out,
		".TH GRIDHUB 8 \"\" \"gridvanguard " GV_VERSION "\" \"Grid Vanguard\"\n"
		".SH NAME\ngridhub \\- the real\\-time hub of Grid Vanguard\n"
		".SH SYNOPSIS\n.B gridhub\n[\\fB\\-\\-config\\fR \\fIFILE\\fR] [\\fB\\-\\-SETTING\\fR "
		"\\fIVALUE\\fR]...\n"
		".SH DESCRIPTION\nServes calls, chains and tallies over WebSockets (subprotocol gridvanguard.v1) and "
		"keeps "
		"them in Redis. Without the setting\n.B redis\nit runs a Redis of its own in the data folder, which "
		"outlives a crash of the hub and is found again by the next one.\n"
		".PP\nIt ends with SIGTERM or SIGINT: what is under way is answered, sessions are told to come back, "
		"and "
		"the Redis of its own is stopped with its log written out. A hub that is started with\n.B "
		"\\-\\-takeover\nreplaces it without that.\n"
		".PP\nA listening socket that a service manager passes on (LISTEN_PID, LISTEN_FDS) is used in the "
		"place of "
		"\\fBlisten\\fR.\n"
		".SH SETTINGS\nEach is taken from the last of these that has it: its default, the file, the "
		"environment "
		"(\\fB" ENVIRONMENT "\\fR and the name in capitals, with _ for \\-), the flag.\n");
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		fputs(".TP\n.B \\-\\-", out);
		print_troff(out, settings[i].name);
		if (value_of(&settings[i])[0])
			fprintf(out, "%s\\fI%s\\fR", settings[i].value ? " " : "", value_of(&settings[i]));
		fputc('\n', out);
		print_troff(out, settings[i].help);
		if (settings[i].standard[0]) {
			fputs(" Default: ", out);
			print_troff(out, settings[i].standard);
		}
		fputc('\n', out);
	}
	fputs(".SH PAGES\nBeside the WebSocket, / is the page for phones and /board/ the board, if they are there (see "
	      "\\fBwww\\fR). GET /healthz answers 200 while the hub serves and 503 while it does not, /privacy with "
	      "the privacy policy; GET /metrics, from this machine only, with counters in the text format of "
	      "Prometheus.\n"
	      ".SH FILES\n.TP\n" DEFAULT_FILE "\nSettings, as NAME = VALUE, one a line.\n"
	      ".TP\n.I data\\fR/hub.lock\nHeld by the hub that runs on the folder.\n"
	      ".TP\n.I data\\fR/redis.lock\nHeld by the Redis that runs on the folder.\n"
	      ".TP\n.I data\\fR/phones.key\nThe key under which phones are sealed, unless key\\-file says otherwise.\n"
	      ".TP\n.I data\\fR/takeover.sock\nWhere the hub is called by the one that takes its place.\n"
	      ".TP\n.I data\\fR/listen\nWhere the hub listens, while it runs.\n"
	      ".TP\n.I data\\fR/dev.token\nThe token of the development login, while a hub with \\-\\-dev runs.\n"
	      ".SH EXIT STATUS\n0 after an orderly end, 1 when it could not start or go on, 2 for a wrong setting.\n"
	      ".SH SEE ALSO\n.BR gridctl (1),\n.BR redis\\-server (1)\n",
		out);
}
