#include "openid.h"

#include <stdio.h>

#define PURPOSE_TEXT (sizeof("openid ") + ID_TEXT)

/* "openid 3.77" */
static const char *
print_purpose(char out[PURPOSE_TEXT], struct id person)
{
	char id[ID_TEXT];

	snprintf(out, PURPOSE_TEXT, "openid %s", id_print(id, person));
	return out;
}

char *
openid_seal(const struct vault *vault, struct id person, const char *openid, char out[OPENID_SEALED])
{
	char purpose[PURPOSE_TEXT];

	return vault_seal_text(vault, print_purpose(purpose, person), text_of(openid), out);
}

bool
openid_open(const struct vault *vault, struct id person, struct text sealed, char out[WECHAT_OPENID])
{
	char purpose[PURPOSE_TEXT];

	return vault_open_text(vault, print_purpose(purpose, person), sealed, out, WECHAT_OPENID);
}
