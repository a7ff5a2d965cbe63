/* keyfile.h - the file with the key under which phones are sealed: the one thing of the data that Redis does not have.
 *
 * 64 hexadecimal digits and a line break, mode 0600. It is made once; whoever loses it loses the phones. */
#ifndef GV_KEYFILE_H
#define GV_KEYFILE_H

#include "vault.h"

enum keyfile {
	KEYFILE_READ,
	KEYFILE_MISSING,
	KEYFILE_BAD, /* with the reason on standard error: open to others, not a key, not to be read */
};

/* `key` is set for KEYFILE_READ alone; whoever asked wipes it. */
enum keyfile keyfile_read(const char *path, uint8_t key[VAULT_KEY]) WARN_UNUSED;

/* Makes one with a new key, which is on the disk when this returns. It never takes the place of another: one that a hub
 * beside us has made meanwhile is read instead. False, with the reason on standard error. */
bool keyfile_make(const char *path, uint8_t key[VAULT_KEY]) WARN_UNUSED;

#endif
