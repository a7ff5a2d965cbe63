/* random.h - bytes nobody can guess, and numbers anybody can repeat. */
#ifndef GV_RANDOM_H
#define GV_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Fills from the kernel (getrandom). Ends the process if there is no randomness to be had: nothing safe can be
 * done without. */
void random_fill(void *out, size_t len);

/* A repeatable stream from a seed: splitmix64 (Steele, Lea, Flood 2014). For simulation, spreading and tests;
 * never for secrets. */
struct rng {
	uint64_t state;
};

uint64_t rng_next(struct rng *rng);

/* Even over [0, bound); bound > 0. */
uint32_t rng_below(struct rng *rng, uint32_t bound);

#endif
