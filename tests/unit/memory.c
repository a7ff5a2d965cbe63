/* memory.c - malloc and its kin, which fail when they are told to. The linker puts them in front of the real ones. */
#include "unit.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);

static bool running_out, once;
static unsigned left;
static const void *watched;
static bool freed;

void
memory_runs_out_after(unsigned allocations)
{
	running_out = true;
	once = false;
	left = allocations;
}

void
memory_fails_once_after(unsigned allocations)
{
	memory_runs_out_after(allocations);
	once = true;
}

void
memory_is_back(void)
{
	running_out = false;
}

void
memory_watch(const void *block)
{
	watched = block;
	freed = false;
}

bool
memory_was_freed(void)
{
	return freed;
}

static bool
may_have(void)
{
	if (!running_out)
		return true;
	if (left == 0) {
		running_out = !once;
		return false;
	}
	left--;
	return true;
}

void *
__wrap_malloc(size_t size)
{
	return may_have() ? __real_malloc(size) : NULL;
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return may_have() ? __real_calloc(count, size) : NULL;
}

void *
__wrap_realloc(void *block, size_t size)
{
	return may_have() ? __real_realloc(block, size) : NULL;
}

void
__wrap_free(void *block)
{
	freed = freed || (block && block == watched);
	__real_free(block);
}
