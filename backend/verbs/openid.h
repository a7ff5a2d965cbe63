/* openid.h - by what WeChat knows a person: kept sealed in the field `openid` of his record, and opened only to be told to
 * WeChat again. */
#ifndef GV_OPENID_H
#define GV_OPENID_H

#include "id.h"
#include "vault.h"
#include "wechat.h"

#define OPENID_SEALED VAULT_SEALED_TEXT(WECHAT_OPENID - 1)

/* It opens for that person alone. */
char *openid_seal(const struct vault *vault, struct id person, const char *openid, char out[OPENID_SEALED]);

/* False, and `out` empty, if it does not open; whoever opens one wipes it. */
bool openid_open(const struct vault *vault, struct id person, struct text sealed, char out[WECHAT_OPENID]) WARN_UNUSED;

#endif
