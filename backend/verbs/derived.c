#include "derived.h"

#include <sodium.h>
#include <stdio.h>

void
derive(const struct request *rq, const char *what, uint8_t out[DERIVED])
{
	char from[96], id[ID_TEXT], once[UUID_TEXT];
	int len = snprintf(from, sizeof(from), "%s %s %s", what, id_print(id, rq->stamp.person),
		uuid_print(once, &rq->stamp.once));

	_Static_assert(DERIVED == VAULT_DERIVED, "what the vault gives");
	vault_derive(rq->service->vault, (struct text){from, (size_t)len}, out);
	sodium_memzero(from, sizeof(from));
}
