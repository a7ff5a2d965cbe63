/* wechat_setup.c - from the settings to the client of WeChat, and its end. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hub_private.h"
#include "tell.h"
#include "wechat_store.h"

#define CONNECT_MS 3000
#define TOTAL_MS   5000
#define PAUSE_MS   10000
#define SECRET_MAX 128 /* with its NUL */

static bool
complain(const char *setting, const char *value, const char *flaw)
{
	fprintf(stderr, "gridhub: %s: '%s' %s\n", setting, value, flaw);
	return false;
}

static bool
parse_stage(enum wechat_stage *out, const char *word)
{
	static const char *const words[] = {
		[WECHAT_RELEASE] = "release", [WECHAT_TRIAL] = "trial", [WECHAT_DEVELOP] = "develop"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(words[i], word) != 0)
			continue;
		*out = (enum wechat_stage)i;
		return true;
	}
	return false;
}

bool
hub_check_wechat(const struct config *config)
{
	struct tell_template template;
	enum wechat_stage stage;
	const char *why;

	if (config->wechat_call_template[0] &&
		!tell_template_parse(&template, text_of(config->wechat_call_template), &why))
		return complain("wechat-call-template", config->wechat_call_template, why);
	if (!wechat_is_base(config->wechat_base))
		return complain("wechat-base", config->wechat_base,
			"is not https://HOST (http:// only of a loopback address, as http://127.0.0.1:8080)");
	if (!parse_stage(&stage, config->wechat_stage))
		return complain("wechat-stage", config->wechat_stage, "is none of release, trial, develop");
	if (!config->wechat_appid[0] && (config->wechat_secret_file[0] || config->wechat_call_template[0]))
		return complain("wechat-appid", "",
			"is missing: wechat-secret-file and wechat-call-template are nothing without it");
	if (!config->wechat_appid[0])
		return true;
	if (!wechat_is_appid(config->wechat_appid))
		return complain("wechat-appid", config->wechat_appid, "is not an appid, as wx0123456789abcdef");
	if (!config->wechat_secret_file[0])
		return complain("wechat-secret-file", "", "is missing: wechat-appid needs its secret");
	return true;
}

/* The first line, without its break. NULL, or what is wrong with the file. */
static const char *
read_open(int file, char out[SECRET_MAX])
{
	struct stat found;
	ssize_t len;

	if (fstat(file, &found) != 0)
		return strerror(errno);
	if (found.st_mode & 077)
		return "can be read by others than its owner; chmod 600";
	len = read(file, out, SECRET_MAX);
	if (len < 0)
		return strerror(errno);
	if (len == SECRET_MAX)
		return "is too long to be a secret";
	out[len] = '\0';
	len = (ssize_t)strcspn(out, "\r\n");
	if (strspn(out + len, "\r\n") != strlen(out + len))
		return "has more than one line";
	sodium_memzero(out + len, SECRET_MAX - (size_t)len);
	return len == 0 ? "is empty" : NULL;
}

static bool
read_secret(const char *path, char out[SECRET_MAX])
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	const char *flaw = file < 0 ? strerror(errno) : read_open(file, out);

	if (file >= 0)
		close(file);
	if (!flaw)
		return true;
	sodium_memzero(out, SECRET_MAX);
	return complain("wechat-secret-file", path, flaw);
}

bool
hub_open_wechat(struct hub *hub)
{
	const struct config *config = hub->config;
	char secret[SECRET_MAX];
	struct wechat_options options = {
		.base = config->wechat_base,
		.appid = config->wechat_appid,
		.secret = secret,
		.connect_ms = CONNECT_MS,
		.total_ms = TOTAL_MS,
		.pause_ms = PAUSE_MS,
	};
	struct tell_template template;
	const char *why;

	if (!config->wechat_appid[0])
		return true;
	if (!parse_stage(&options.stage, config->wechat_stage) || !read_secret(config->wechat_secret_file, secret))
		return false;
	hub->wechat_shelf = wechat_shelf_create(&hub->service, config->wechat_appid);
	options.store = wechat_shelf_store(hub->wechat_shelf);
	hub->service.wechat = wechat_create(&hub->loop, &options, &why);
	sodium_memzero(secret, sizeof(secret));
	if (!hub->service.wechat)
		fprintf(stderr, "gridhub: wechat: %s\n", why);
	if (hub->service.wechat && tell_template_parse(&template, text_of(config->wechat_call_template), &why))
		hub->service.tell = tell_create(&hub->service, &template);
	return hub->service.wechat;
}

static void
on_closed(void *context)
{
	(void)context;
}

void
hub_end_wechat(struct hub *hub)
{
	struct wechat *wechat = hub->service.wechat;

	hub->service.wechat = NULL; /* who hears that it ends asks nothing more */
	if (wechat)
		wechat_destroy(wechat, on_closed, NULL);
}

void
hub_finish_wechat(struct hub *hub)
{
	tell_destroy(hub->service.tell);
	wechat_shelf_destroy(hub->wechat_shelf);
}
