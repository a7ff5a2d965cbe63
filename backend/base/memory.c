#include "memory.h"

#include <stdlib.h>

#include "log.h"

void *
or_die(void *memory)
{
	if (memory)
		return memory;
	log_error("memory", "out_of_memory");
	abort();
}
