/* macros.h - the few words C lacks. */
#ifndef GV_MACROS_H
#define GV_MACROS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/param.h> /* MIN, MAX */

/* A result that says whether it worked must be looked at. */
#define WARN_UNUSED __attribute__((warn_unused_result))

/* fmt is the number of the format argument, args of the first value; both counted from 1. */
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* For what takes a pointer to non-const although it only reads, as protobuf-c's structs do. */
#define UNCONST(ptr) ((void *)(uintptr_t)(ptr)) /* NOLINT(performance-no-int-to-ptr) */

/* The struct that holds `member` at this address. */
#define CONTAINER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#endif
