/* secrecy.h - P9: what must stand in no log, and in none of Redis' files.
 *
 * Most of it is known by its shape, whoever wrote it: a token (ID.N and 43 characters of base64), a mobile number, a key (64
 * digits of base 16), and, in a log, whatever is not ASCII, for all that people write in a test is Chinese somewhere. What has no
 * shape in Redis' files, as a key there between hashes, is remembered when a test gets to know it.
 *
 * Where TEST_LOGS is in the environment, all that tests log is kept there, to be looked through when all have run
 * (grep_logs.c). */
#ifndef GV_SECRECY_H
#define GV_SECRECY_H

#include <stdbool.h>
#include <stddef.h>

enum secrecy {
	SECRECY_LOG,  /* no token, number or key, and no text */
	SECRECY_SAID, /* what programs said that may print texts: no token, number or key */
	SECRECY_DATA, /* a file of Redis': no token and no number, and nothing that is remembered */
};

/* What is found first of that, "a token", and where; NULL: nothing. */
const char *secrecy_find(enum secrecy kind, const void *bytes, size_t len, size_t *at);

/* The same of a file; also NULL if it is not there. */
const char *secrecy_find_in_file(enum secrecy kind, const char *path, size_t *at);

/* Something that must not be found in data from now on, as long as this process lives. */
void secrecy_remember(const void *bytes, size_t len);

/* A test's folder goes. Its logs (*.log) are kept, Redis' files (*.aof, *.rdb) looked into, also for what the key file
 * in it (phones.key) says. What is found, as "PATH: a token"; NULL: nothing. */
const char *secrecy_leave_folder(const char *path);

#endif
