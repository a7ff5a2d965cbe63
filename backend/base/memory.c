#include "memory.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

void *
or_die(void *memory)
{
	if (memory)
		return memory;
	log_error("memory", "out_of_memory");
	abort();
}

void
free_wiped(void *memory)
{
	if (memory)
		explicit_bzero(memory, malloc_usable_size(memory));
	free(memory);
}
