/* budget.h - how much of what is scarce each of many may use: so many points a second, and what he saved up before.
 *
 * The generic cell rate algorithm (ITU-T I.371, virtual scheduling): all that is kept of one is the time until which
 * what he has used is paid for. They stand in a table that does not grow; where it is too small for all who use
 * something at once, whoever has used least is forgotten, and begins anew with all his savings. */
#ifndef GV_BUDGET_H
#define GV_BUDGET_H

#include <stdint.h>

#include "macros.h"

struct budgets;

/* What is saved up at most, in seconds' worth of points: who was quiet for so long may use it all at once. */
#define BUDGET_SAVED_S 50

/* `per_second` from 1 to 1,000,000. Memory: 1 MiB, touched as it is used. */
struct budgets *budgets_create(uint32_t per_second) WARN_UNUSED;
void budgets_destroy(struct budgets *budgets);

/* Takes so many points from what `who` has: 0. If he has not so many nothing is taken, and it is the time until he has,
 * in milliseconds. `now_us` is clock_mono_us(), and `points` not more than are ever saved. */
uint32_t budgets_take(struct budgets *budgets, uint64_t who, uint32_t points, uint64_t now_us) WARN_UNUSED;

/* Takes them also where he has not so many; he owes the rest, up to as much as can be saved. */
void budgets_charge(struct budgets *budgets, uint64_t who, uint32_t points, uint64_t now_us);

#endif
