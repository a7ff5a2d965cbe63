#include "secret.h"

#include <curl/curl.h>
#include <jansson.h>
#include <malloc.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

void
secret_free(void *block)
{
	if (block)
		sodium_memzero(block, malloc_usable_size(block));
	free(block);
}

void *
secret_realloc(void *block, size_t size)
{
	void *moved = malloc(size);

	if (!moved || !block)
		return moved;
	memcpy(moved, block, MIN(size, malloc_usable_size(block)));
	secret_free(block);
	return moved;
}

bool
secret_libraries(void)
{
	json_set_alloc_funcs(malloc, secret_free);
	return curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, secret_free, secret_realloc, strdup, calloc) ==
	       CURLE_OK;
}
