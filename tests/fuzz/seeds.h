/* seeds.h - what a search begins with: good input, made here, so that it is never older than the code; and how it says that
 * it has found something. */
#ifndef GV_SEEDS_H
#define GV_SEEDS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* What libFuzzer calls: once, before it reads the corpus, and with each input. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Each target's own: writes its seeds by seeds_add(). */
void seeds_write(void);
void seeds_add(const void *bytes, size_t len);

/* A promise, also in builds without assertions. */
#define HOLDS(condition)                                                                \
	do {                                                                            \
		if (!(condition)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                        \
		}                                                                       \
	} while (0)

#endif
