#include "secret.h"

#include <curl/curl.h>
#include <jansson.h>
#include <malloc.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static void *
secret_malloc(size_t size)
{
	return or_die(malloc(size));
}

void *
secret_calloc(size_t count, size_t size)
{
	return or_die(calloc(count, size));
}

char *
secret_strdup(const char *cstr)
{
	return or_die(strdup(cstr));
}

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
	void *moved = secret_malloc(size);

	if (block)
		memcpy(moved, block, MIN(size, malloc_usable_size(block)));
	secret_free(block);
	return moved;
}

bool
secret_libraries(void)
{
	json_set_alloc_funcs(secret_malloc, secret_free);
	return curl_global_init_mem(CURL_GLOBAL_DEFAULT, secret_malloc, secret_free, secret_realloc, secret_strdup,
		       secret_calloc) == CURLE_OK;
}
