/* config.c - what an operator can set: four sources, their order, and what is said about mistakes. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config.h"
#include "hub.h"
#include "unit.h"

#define ARGS_MAX 64

/* One try: a file of settings, or none, and a command line. */
struct attempt {
	const char *file;  /* its text; NULL: an empty one, so that the machine's own is not read */
	const char *flags; /* separated by '|' */
	bool no_file;      /* not even the flag for it */
	char path[64];
	struct config config;
	enum config_wish wish;
};

/* A file without a place on the disk, so that nothing is left behind. Returns its descriptor. */
static int
write_file(struct attempt *attempt)
{
	int fd = memfd_create("gridhub.conf", MFD_CLOEXEC);

	if (attempt->file && write(fd, attempt->file, strlen(attempt->file)) < 0)
		perror("gridhub.conf");
	snprintf(attempt->path, sizeof(attempt->path), "/proc/self/fd/%d", fd);
	return fd;
}

/* Each argument is alone on the heap, so that the sanitizer sees who reads beyond it. */
static int
make_args(const struct attempt *attempt, char **argv)
{
	struct text rest = text_of(attempt->flags);
	int argc = 0;

	argv[argc++] = strdup("gridhub");
	if (!attempt->no_file) {
		argv[argc++] = strdup("--config");
		argv[argc++] = strdup(attempt->path);
	}
	while (attempt->flags && argc < ARGS_MAX) {
		bool last = !memchr(rest.data, '|', rest.len);
		argv[argc++] = text_dup(text_cut(&rest, '|'));
		if (last)
			break;
	}
	return argc;
}

/* In work for stderr_of(): asserts nothing. */
static void
read_it(void *context)
{
	struct attempt *attempt = context;
	char *kept[ARGS_MAX + 1] = {0}, *argv[ARGS_MAX + 1] = {0};
	int argc, fd = write_file(attempt);

	argc = make_args(attempt, kept);
	memcpy(argv, kept, sizeof(argv)); /* config_read() takes arguments out of its own */
	attempt->wish = config_read(&attempt->config, argc, argv);
	for (int i = 0; i < argc; i++)
		free(kept[i]);
	close(fd);
}

/* The settings; the test fails if anything was wrong with them. The caller finishes them. */
static struct config
config_of(const char *file, const char *flags)
{
	struct attempt attempt = {.file = file, .flags = flags};
	char *said = stderr_of(read_it, &attempt, NULL);

	if (attempt.wish != CONFIG_RUN)
		fail_msg("refused: %s", said);
	assert_string_equal(said, "");
	free(said);
	return attempt.config;
}

/* Tries what must be refused; one line must be said, and `words` (separated by '|') stand in it. */
static void
refuse(const char *file, const char *flags, const char *words)
{
	struct attempt attempt = {.file = file, .flags = flags};
	char *said = stderr_of(read_it, &attempt, NULL), *newline = strchr(said, '\n');
	struct text rest = text_of(words);

	if (attempt.wish != CONFIG_BAD)
		fail_msg("not refused: %s %s", file ? file : "", flags ? flags : "");
	while (rest.len > 0) {
		char *word = text_dup(text_cut(&rest, '|'));
		const char *expected = strcmp(word, "FILE") == 0 ? attempt.path : word;
		if (!strstr(said, expected))
			fail_msg("'%s' is not in: %s", expected, said);
		free(word);
	}
	if (!newline || newline[1] != '\0')
		fail_msg("not one line: %s", said);
	config_finish(&attempt.config);
	free(said);
}

/* For the duration of a test; teardown takes it away again. */
static void
set_environment(const char *name, const char *value)
{
	setenv(name, value, 1);
}

static int
clear_environment(void **state)
{
	extern char **environ;
	bool found = true;

	(void)state;
	while (found) {
		found = false;
		for (char **at = environ; *at && !found; at++) {
			char name[64];
			found = sscanf(*at, "GRIDHUB_%55[^=]", name + 8) == 1;
			memcpy(name, "GRIDHUB_", 8);
			if (found)
				unsetenv(name);
		}
	}
	return 0;
}

static void
defaults_are_those_of_the_manual(void **state)
{
	struct config config = config_of(NULL, NULL);

	(void)state;
	assert_string_equal(config.listen, "127.0.0.1:7412");
	assert_string_equal(config.data, "/var/lib/gridhub");
	assert_string_equal(config.redis, "");
	assert_false(config.allow_volatile);
	assert_false(config.dev);
	assert_string_equal(config.trusted_proxy, "");
	assert_string_equal(config.origins, "");
	assert_string_equal(config.wechat_appid, "");
	assert_string_equal(config.wechat_secret_file, "");
	assert_string_equal(config.wechat_base, "https://api.weixin.qq.com");
	assert_string_equal(config.wechat_stage, "release");
	assert_string_equal(config.wechat_call_template, "");
	assert_string_equal(config.log_level, "info");
	assert_int_equal(config.max_sessions, 18000);
	assert_int_equal(config.max_requests, 10000);
	assert_int_equal(config.max_outbox, 262144);
	assert_int_equal(config.person_budget, 20);
	assert_int_equal(config.address_budget, 1000);
	assert_int_equal(config.pulse, 25);
	assert_int_equal(config.request_timeout, 5);
	assert_int_equal(config.history, 1024);
	assert_int_equal(config.disk_reserve, 64);
	assert_int_equal(config.audit_keep, 200);
	assert_true(hub_check(&config));
	config_finish(&config);
}

#define EVERY_SETTING                              \
	"listen = [::1]:0\n"                       \
	"data = /srv/数据\n"                     \
	"redis = unix:/run/redis.sock?db=3\n"      \
	"key-file = /etc/phones.key\n"             \
	"allow-volatile = yes\n"                   \
	"dev = yes\n"                              \
	"trusted-proxy = 10.0.0.1 2001:db8::1\n"   \
	"origins = https://a.cn https://b.cn:81\n" \
	"wechat-appid = wx01\n"                    \
	"wechat-secret-file = /etc/wechat\n"       \
	"wechat-base = https://wechat.example\n"   \
	"wechat-stage = trial\n"                   \
	"wechat-call-template = ID thing1=title\n" \
	"log-level = debug\n"                      \
	"max-sessions = 7\n"                       \
	"max-requests = 8\n"                       \
	"max-outbox = 65536\n"                     \
	"person-budget = 5\n"                      \
	"address-budget = 6\n"                     \
	"pulse = 3600\n"                           \
	"request-timeout = 60\n"                   \
	"history = 16\n"                           \
	"disk-reserve = 1\n"                       \
	"audit-keep = 183\n"

static void
assert_every_setting(const struct config *config)
{
	assert_string_equal(config->listen, "[::1]:0");
	assert_string_equal(config->data, "/srv/数据");
	assert_string_equal(config->redis, "unix:/run/redis.sock?db=3");
	assert_string_equal(config->key_file, "/etc/phones.key");
	assert_true(config->allow_volatile);
	assert_true(config->dev);
	assert_string_equal(config->trusted_proxy, "10.0.0.1 2001:db8::1");
	assert_string_equal(config->origins, "https://a.cn https://b.cn:81");
	assert_string_equal(config->wechat_appid, "wx01");
	assert_string_equal(config->wechat_secret_file, "/etc/wechat");
	assert_string_equal(config->wechat_base, "https://wechat.example");
	assert_string_equal(config->wechat_stage, "trial");
	assert_string_equal(config->wechat_call_template, "ID thing1=title");
	assert_string_equal(config->log_level, "debug");
	assert_int_equal(config->max_sessions, 7);
	assert_int_equal(config->max_requests, 8);
	assert_int_equal(config->max_outbox, 65536);
	assert_int_equal(config->person_budget, 5);
	assert_int_equal(config->address_budget, 6);
	assert_int_equal(config->pulse, 3600);
	assert_int_equal(config->request_timeout, 60);
	assert_int_equal(config->history, 16);
	assert_int_equal(config->disk_reserve, 1);
	assert_int_equal(config->audit_keep, 183);
}

static void
every_setting_can_stand_in_the_file(void **state)
{
	struct config config = config_of("# how this hub runs\n\n" EVERY_SETTING "; the end\n", NULL);

	(void)state;
	assert_every_setting(&config);
	config_finish(&config);
}

/* The same settings, line by line: NAME=value as --NAME value, as --NAME=value, or as GRIDHUB_NAME. */
static void
every_setting_is_a_flag_and_an_environment_variable(void **state)
{
	(void)state;
	for (int way = 0; way < 3; way++) {
		struct text lines = TEXT(EVERY_SETTING);
		struct config config;
		char flags[2048] = "";
		while (lines.len > 0) {
			char *value = text_dup(text_cut(&lines, '\n')), *name = strsep(&value, " ");
			char variable[64] = "GRIDHUB_";
			value += strlen("= ");
			for (size_t i = 0; name[i]; i++)
				variable[8 + i] = name[i] == '-' ? '_' : (char)toupper((unsigned char)name[i]);
			if (way == 0)
				set_environment(variable, value);
			else if (strcmp(value, "yes") == 0)
				sprintf(flags + strlen(flags), "%s--%s", flags[0] ? "|" : "", name);
			else
				sprintf(flags + strlen(flags), "%s--%s%c%s", flags[0] ? "|" : "", name,
					way == 1 ? '|' : '=', value);
			free(name);
		}
		config = config_of(NULL, way == 0 ? NULL : flags);
		assert_every_setting(&config);
		config_finish(&config);
		clear_environment(NULL);
	}
}

/* Its default, the file, the environment, the flag: the last that has it. */
static void
last_source_counts(void **state)
{
	struct config config;

	(void)state;
	config = config_of("pulse = 2\nhistory = 20\n", NULL);
	assert_int_equal(config.pulse, 2);
	config_finish(&config);
	set_environment("GRIDHUB_PULSE", "3");
	config = config_of("pulse = 2\nhistory = 20\n", NULL);
	assert_int_equal(config.pulse, 3);
	assert_int_equal(config.history, 20);
	config_finish(&config);
	config = config_of("pulse = 2\nhistory = 20\n", "--pulse|4");
	assert_int_equal(config.pulse, 4);
	config_finish(&config);
	config = config_of("pulse = 2\n", "--pulse|4|--pulse=5");
	assert_int_equal(config.pulse, 5);
	config_finish(&config);
	config = config_of("dev = yes\n", "--dev=no");
	assert_false(config.dev);
	config_finish(&config);
}

static void
yes_and_no_have_several_words(void **state)
{
	static const char *const yes[] = {"yes", "true", "1", "on", "YES", "True"};
	static const char *const no[] = {"no", "false", "0", "off", "No", "OFF"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		char flags[32];
		struct config config;
		sprintf(flags, "--dev=%s", yes[i]);
		config = config_of("dev = no\n", flags);
		assert_true(config.dev);
		config_finish(&config);
		sprintf(flags, "--dev=%s", no[i]);
		config = config_of("dev = yes\n", flags);
		assert_false(config.dev);
		config_finish(&config);
	}
}

/* What stands behind a flag of yes and no is another flag. */
static void
flag_alone_means_yes(void **state)
{
	struct config config = config_of(NULL, "--dev|--allow-volatile|--pulse|7");

	(void)state;
	assert_true(config.dev);
	assert_true(config.allow_volatile);
	assert_int_equal(config.pulse, 7);
	config_finish(&config);
}

static void
mistake_in_a_flag_is_named(void **state)
{
	(void)state;
	refuse(NULL, "--pulse|0", "pulse|'0'|1 to 3600|--pulse");
	refuse(NULL, "--pulse=3601", "pulse|'3601'|--pulse=3601");
	refuse(NULL, "--pulse=", "pulse|''");
	refuse(NULL, "--pulse=-1", "pulse|'-1'");
	refuse(NULL, "--pulse=5s", "pulse|'5s'");
	refuse(NULL, "--pulse=18446744073709551617", "pulse");
	refuse(NULL, "--max-outbox=65535", "max-outbox|65536");
	refuse(NULL, "--dev=maybe", "dev|'maybe'|--dev=maybe");
	refuse(NULL, "--no-such|1", "--no-such");
	refuse(NULL, "--puls=1", "--puls=1");
	refuse(NULL, "--pulses=1", "--pulses=1");
	refuse(NULL, "--=1", "--=1");
	refuse(NULL, "-pulse=1", "-pulse=1");
	refuse(NULL, "--pulse", "--pulse|missing");
	refuse(NULL, "--listen", "--listen|missing");
	refuse(NULL, "stray", "stray");
	refuse(NULL, "--dev|no", "no"); /* not its value: it takes none behind a blank */
}

static void
short_stray_arguments_are_refused(void **state)
{
	(void)state;
	refuse(NULL, "--", "--");
	refuse(NULL, "x", "x");
	refuse(NULL, "-", "-");
	refuse(NULL, "", "flag");
}

static void
mistake_in_the_environment_is_named(void **state)
{
	(void)state;
	set_environment("GRIDHUB_MAX_SESSIONS", "many");
	refuse(NULL, NULL, "max-sessions|'many'|GRIDHUB_MAX_SESSIONS");
	clear_environment(NULL);
	set_environment("GRIDHUB_DEV", "");
	refuse(NULL, NULL, "dev|''|GRIDHUB_DEV");
}

/* Also where a later source would have set it right. */
static void
mistake_in_the_file_is_named(void **state)
{
	(void)state;
	refuse("pulse = 0\n", NULL, "pulse|'0'|FILE");
	refuse("pulse = 0\n", "--pulse=5", "pulse|'0'|FILE");
	refuse("no-such = 1\n", NULL, "no-such|FILE");
	refuse("[hub]\npulse = 5\n", NULL, "hub|FILE");
	refuse("dev = 2\n", NULL, "dev|'2'|FILE");
}

static void
line_that_is_no_setting_is_named_by_its_number(void **state)
{
	(void)state;
	refuse("pulse = 5\n\nthis is nothing\n", NULL, "FILE|line 3");
}

static void
file_that_cannot_be_read_is_named(void **state)
{
	struct attempt attempt = {.flags = "--config|/nonexistent/gridhub.conf", .no_file = true};
	char *said = stderr_of(read_it, &attempt, NULL);

	(void)state;
	assert_int_equal(attempt.wish, CONFIG_BAD);
	assert_non_null(strstr(said, "/nonexistent/gridhub.conf"));
	config_finish(&attempt.config);
	free(said);
}

static void
file_flag_without_a_file_is_named(void **state)
{
	struct attempt attempt = {.flags = "--config", .no_file = true};
	char *said = stderr_of(read_it, &attempt, NULL);

	(void)state;
	assert_int_equal(attempt.wish, CONFIG_BAD);
	if (!strstr(said, "--config"))
		fail_msg("'--config' is not in: %s", said);
	config_finish(&attempt.config);
	free(said);
}

/* Longer than the 200 bytes that libinih reads at once, and a list of proxies may well be. Wherever the 200 end: in an
 * address, or at the blank between two, where the rest would look like a line that goes on. */
static void
long_line_of_the_file_is_read_whole(void **state)
{
	(void)state;
	for (int shift = 0; shift < 16; shift++) {
		char file[1024] = "trusted-proxy = ";
		size_t start = strlen(file);
		struct attempt attempt = {.file = file};
		char *said;
		sprintf(file + start, "10.%.*s.1.1", shift % 3 + 1, "111");
		for (int i = 10; i < 40; i++)
			sprintf(file + strlen(file), " 192.168.10%d.%d", shift % 7, i * (shift > 7 ? 10 : 1) % 256);
		said = stderr_of(read_it, &attempt, NULL);
		if (attempt.wish != CONFIG_RUN)
			fail_msg("refused: %s", said);
		assert_string_equal(attempt.config.trusted_proxy, file + start);
		config_finish(&attempt.config);
		free(said);
	}
}

static void
wishes_are_told_from_settings(void **state)
{
	static const struct {
		const char *flags;
		enum config_wish wish;
	} cases[] = {
		{"--help", CONFIG_HELP},
		{"-h", CONFIG_HELP},
		{"--version", CONFIG_VERSION},
		{"--man", CONFIG_MAN},
		{"--check-config", CONFIG_CHECK},
		{"--check-config|--pulse|7", CONFIG_CHECK},
		{"--pulse|7|--check-config", CONFIG_CHECK},
		{"--help|--no-such", CONFIG_HELP}, /* who asks for help gets it */
		{"--check-config|--no-such", CONFIG_BAD},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct attempt attempt = {.flags = cases[i].flags};
		char *said = stderr_of(read_it, &attempt, NULL);
		assert_int_equal(attempt.wish, cases[i].wish);
		if (strstr(cases[i].flags, "--pulse"))
			assert_int_equal(attempt.config.pulse, 7);
		config_finish(&attempt.config);
		free(said);
	}
}

/* What --check-config prints. The caller frees it. */
static char *
print_config(const struct config *config)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	config_print(config, out);
	fclose(out);
	return text;
}

static void
printed_settings_read_back(void **state)
{
	static const char *const files[] = {NULL, EVERY_SETTING,
		"trusted-proxy = 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8 10.0.0.9\n"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct config config = config_of(files[i], NULL), back;
		char *printed = print_config(&config), *again;
		back = config_of(printed, NULL);
		again = print_config(&back);
		assert_string_equal(again, printed);
		if (i == 1)
			assert_every_setting(&back);
		config_finish(&config);
		config_finish(&back);
		free(printed);
		free(again);
	}
}

static void
password_is_not_printed(void **state)
{
	struct config config = config_of(NULL, "--redis|redis://hub:very-secret@host:7000/3");
	char *printed = print_config(&config);

	(void)state;
	assert_null(strstr(printed, "very-secret"));
	assert_non_null(strstr(printed, "redis = redis://hub:***@host:7000/3\n"));
	assert_string_equal(config.redis, "redis://hub:very-secret@host:7000/3");
	config_finish(&config);
	free(printed);
}

static void
password_in_a_url_becomes_stars(void **state)
{
	static const char *const urls[][2] = {
		{"redis://hub:secret@host", "redis://hub:***@host"},
		{"redis://:secret@host:7000/3", "redis://:***@host:7000/3"},
		{"redis://hub:se:cr@et@host", "redis://hub:***@host"},
		{"redis://hub:@host", "redis://hub:***@host"},
		{"redis://hub@host:7000", "redis://hub@host:7000"}, /* no password */
		{"redis://host:7000", "redis://host:7000"},
		{"redis://[::1]:7000", "redis://[::1]:7000"},
		{"unix:/run/redis.sock", "unix:/run/redis.sock"},
		{"unix:/run/re@dis:0.sock", "unix:/run/re@dis:0.sock"},
		{"", ""},
		{"nonsense", "nonsense"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(urls); i++)
		assert_string_equal(config_hide_password(urls[i][0]), urls[i][1]);
}

/* An @ in front of the :// of what is no URL at all; alone on the heap. */
static void
odd_url_is_hidden_without_reading_beyond_it(void **state)
{
	static const char *const odd[] = {"a@b://", "@://x", "user@host://", "://@", "@", "x:y@z://"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		char *url = strdup(odd[i]);
		assert_non_null(config_hide_password(url));
		free(url);
	}
}

static void
long_url_is_hidden_too(void **state)
{
	char url[2048] = "redis://hub:";

	(void)state;
	memset(url + strlen(url), 's', 1500);
	strcat(url, "@host");
	assert_string_equal(config_hide_password(url), "redis://hub:***@host");
	memset(url, 0, sizeof(url));
	strcpy(url, "redis://hub:secret@");
	memset(url + strlen(url), 'h', 1500);
	assert_null(strstr(config_hide_password(url), "secret"));
}

/* Settings that only make sense together. */

struct check {
	struct config config;
	bool good;
};

static void
check_it(void *context)
{
	struct check *check = context;

	check->good = hub_check(&check->config);
}

static void
check_refuses(const char *flags, const char *words)
{
	struct check check = {.config = config_of(NULL, flags)};
	char *said = stderr_of(check_it, &check, NULL);
	struct text rest = text_of(words);

	if (check.good)
		fail_msg("not refused: %s", flags);
	while (rest.len > 0) {
		char *word = text_dup(text_cut(&rest, '|'));
		if (!strstr(said, word))
			fail_msg("'%s' is not in: %s", word, said);
		free(word);
	}
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1); /* one line */
	config_finish(&check.config);
	free(said);
}

static void
check_accepts(const char *flags)
{
	struct check check = {.config = config_of(NULL, flags)};
	char *said = stderr_of(check_it, &check, NULL);

	if (!check.good)
		fail_msg("refused: %s", said);
	assert_string_equal(said, "");
	config_finish(&check.config);
	free(said);
}

static void
development_login_is_for_the_loopback_alone(void **state)
{
	(void)state;
	check_accepts("--dev");
	check_accepts("--dev|--listen|[::1]:0");
	check_accepts("--dev|--listen|127.1.2.3:7412");
	check_refuses("--dev|--listen|0.0.0.0:7412", "listen|'0.0.0.0:7412'|loopback");
	check_refuses("--dev|--listen|:7412", "listen|loopback");
	check_refuses("--dev|--listen|[::]:7412", "listen|loopback");
	check_refuses("--dev|--listen|192.168.1.7:7412", "listen|loopback");
	check_refuses("--dev|--listen|[2001:db8::1]:7412", "listen|loopback");
}

/* TLS ends in a proxy: whoever came from elsewhere without one would talk in clear. */
static void
other_than_a_loopback_address_needs_a_proxy(void **state)
{
	static const char *const others[] = {"0.0.0.0:7412", ":7412", "[::]:7412", "192.168.1.7:7412", "10.0.0.1:7412",
		"[fd00::1]:7412", "[2001:db8::1]:7412", "[::ffff:10.0.0.1]:7412"};
	char flags[128];

	(void)state;
	check_accepts("--listen|[::ffff:127.0.0.1]:7412");
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		snprintf(flags, sizeof(flags), "--listen|%s", others[i]);
		check_refuses(flags, "listen|is not a loopback address|TLS ends in a proxy|127.0.0.1|trusted-proxy");
		snprintf(flags, sizeof(flags), "--trusted-proxy|10.0.0.2|--listen|%s", others[i]);
		check_accepts(flags);
	}
	check_refuses("--trusted-proxy|10.0.0.0/8", "trusted-proxy|'10.0.0.0/8'|addresses");
	check_refuses("--origins|board.example.cn", "origins|'board.example.cn'|https://board.example.cn");
	check_accepts("--origins|https://board.example.cn http://127.0.0.1:5173");
}

static void
development_login_goes_with_no_proxy(void **state)
{
	(void)state;
	check_accepts("--trusted-proxy|127.0.0.1");
	check_refuses("--dev|--trusted-proxy|127.0.0.1", "trusted-proxy|'127.0.0.1'|dev");
}

static void
settings_that_say_nothing_sensible_are_refused(void **state)
{
	(void)state;
	check_refuses("--listen|nowhere", "listen|'nowhere'");
	check_refuses("--listen=", "listen|''");
	check_refuses("--listen|localhost:7412", "listen|'localhost:7412'");
	check_refuses("--log-level|loud", "log-level|'loud'");
	check_refuses("--redis|host:6379", "redis|'host:6379'");
	check_refuses("--redis|redis://host:99999", "redis|port");
	check_accepts("--redis|redis://hub:secret@host:7000/3");
	check_accepts("--redis|unix:/run/redis.sock");
	check_accepts("--redis=");
	check_accepts("--log-level|error");
}

static void
wechat_is_named_whole(void **state)
{
	(void)state;
	check_accepts("--wechat-appid|wx01|--wechat-secret-file|/etc/wechat");
	check_accepts("--wechat-base|http://127.0.0.1:8080|--wechat-stage|develop");
	check_refuses("--wechat-appid|wx01", "wechat-secret-file|is missing");
	check_refuses("--wechat-appid|wx 01|--wechat-secret-file|/etc/wechat", "wechat-appid|'wx 01'");
	check_refuses("--wechat-base|http://wechat.example", "wechat-base|https://");
	check_refuses("--wechat-base|https://wechat.example/path", "wechat-base");
	check_refuses("--wechat-base=", "wechat-base|''");
	check_accepts("--wechat-appid|wx01|--wechat-secret-file|/etc/wechat|--wechat-call-template|ID thing1=title "
		      "time2=deadline");
	check_refuses("--wechat-call-template|ID thing1=title time2=deadline", "wechat-appid|is missing");
	check_refuses("--wechat-secret-file|/etc/wechat", "wechat-appid|is missing");
	check_refuses("--wechat-call-template|ID thing1=deadline", "wechat-call-template|another type");
	check_refuses("--wechat-stage|formal", "wechat-stage|'formal'|trial");
}

static void
refused_redis_url_is_shown_without_its_password(void **state)
{
	struct check check = {.config = config_of(NULL, "--redis|redis://hub:very-secret@host:99999")};
	char *said = stderr_of(check_it, &check, NULL);

	(void)state;
	assert_false(check.good);
	assert_non_null(strstr(said, "redis://hub:***@host:99999"));
	assert_null(strstr(said, "very-secret"));
	config_finish(&check.config);
	free(said);
}

int
main(void)
{
#define TRY(test) cmocka_unit_test_setup_teardown(test, clear_environment, clear_environment)
	const struct CMUnitTest tests[] = {
		TRY(defaults_are_those_of_the_manual),
		TRY(every_setting_can_stand_in_the_file),
		TRY(every_setting_is_a_flag_and_an_environment_variable),
		TRY(last_source_counts),
		TRY(yes_and_no_have_several_words),
		TRY(flag_alone_means_yes),
		TRY(mistake_in_a_flag_is_named),
		TRY(mistake_in_the_environment_is_named),
		TRY(mistake_in_the_file_is_named),
		TRY(line_that_is_no_setting_is_named_by_its_number),
		TRY(file_that_cannot_be_read_is_named),
		TRY(file_flag_without_a_file_is_named),
		TRY(long_line_of_the_file_is_read_whole),
		TRY(wishes_are_told_from_settings),
		TRY(printed_settings_read_back),
		TRY(password_is_not_printed),
		TRY(password_in_a_url_becomes_stars),
		TRY(long_url_is_hidden_too),
		TRY(development_login_is_for_the_loopback_alone),
		TRY(other_than_a_loopback_address_needs_a_proxy),
		TRY(development_login_goes_with_no_proxy),
		TRY(settings_that_say_nothing_sensible_are_refused),
		TRY(wechat_is_named_whole),
		TRY(refused_redis_url_is_shown_without_its_password),
		TRY(short_stray_arguments_are_refused),
		TRY(odd_url_is_hidden_without_reading_beyond_it),
	};
#undef TRY

	return cmocka_run_group_tests(tests, NULL, NULL);
}
