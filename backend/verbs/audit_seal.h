/* audit_seal.h - the seal of the audit log's head (functions/audit.lua), for hubs that set it and gridctl that checks it. */
#ifndef GV_AUDIT_SEAL_H
#define GV_AUDIT_SEAL_H

#include "vault.h"

/* A hash under the vault's key of the partition, and of the seq and the hash of the entry that is sealed. */
#define AUDIT_SEAL 33
char *audit_seal(const struct vault *vault, uint8_t partition, struct text seq, struct text hash, char out[AUDIT_SEAL]);

#endif
