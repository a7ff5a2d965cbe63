/* config.h - what an operator can set: one table that file, environment, flags, --help, --check-config and the manual
 * page all read.
 *
 * A setting is taken from the last of these that has it: its default, the file, the environment (GRIDHUB_ and the name
 * in capitals), the flag. */
#ifndef GV_CONFIG_H
#define GV_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "macros.h"

struct config {
	char *listen;
	char *data;
	char *redis;    /* empty: one of our own in the data folder */
	char *key_file; /* empty: phones.key in the data folder */
	bool allow_volatile;
	bool takeover;
	bool dev;
	char *trusted_proxy;
	char *www;          /* empty: where they are found; "none": no pages */
	char *origins;      /* empty: those of the host asked for */
	char *wechat_appid; /* empty: no WeChat */
	char *wechat_secret_file;
	char *wechat_base;
	char *wechat_stage;
	char *wechat_call_template;
	char *log_level;
	uint64_t max_sessions;
	uint64_t max_requests;
	uint64_t max_outbox;
	uint64_t person_budget;
	uint64_t address_budget;
	uint64_t pulse;
	uint64_t request_timeout;
	uint64_t history;
	uint64_t disk_reserve;
	bool second_factor;
	uint64_t idle_lock;
	uint64_t audit_keep;
	const char *policy_file;
	uint64_t keep_names;
};

/* What the command line asks for. */
enum config_wish {
	CONFIG_RUN,
	CONFIG_HELP,
	CONFIG_VERSION,
	CONFIG_MAN,
	CONFIG_CHECK,
	CONFIG_BAD, /* an error was printed */
};

/* Reads all sources. Errors go to standard error in one line each, naming the setting and where it stood. */
enum config_wish config_read(struct config *config, int argc, char **argv) WARN_UNUSED;
void config_finish(struct config *config);

/* All settings with their values, as a file that config_read() takes but for a password, which is hidden. */
void config_print(const struct config *config, FILE *out);

/* A Redis URL with stars for its password; valid until the next call. */
const char *config_hide_password(const char *url);

void config_print_help(FILE *out);
void config_print_man(FILE *out);

#endif
