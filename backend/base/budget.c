#include "budget.h"

#include <stdlib.h>

#include "memory.h"
#include "random.h"

#define SETS 8192 /* found by the hash of who it is */
#define WAYS 8    /* looked through one by one */

struct budget {
	uint64_t who;
	uint64_t paid_until_ns; /* in the past: all is saved up that can be */
};

struct budgets {
	uint64_t point_ns; /* the time that earns one */
	uint64_t saved_ns;
	uint64_t secret; /* so that nobody can choose whom he shares a set with */
	struct budget sets[SETS][WAYS];
};

struct budgets *
budgets_create(uint32_t per_second)
{
	struct budgets *budgets = or_die(calloc(1, sizeof(*budgets)));

	budgets->point_ns = UINT64_C(1000000000) / per_second;
	budgets->saved_ns = budgets->point_ns * per_second * BUDGET_SAVED_S;
	random_fill(&budgets->secret, sizeof(budgets->secret));
	return budgets;
}

void
budgets_destroy(struct budgets *budgets)
{
	free(budgets);
}

/* His, or the one in his set that matters least, with nothing used. */
static struct budget *
find(struct budgets *budgets, uint64_t who, uint64_t now_ns)
{
	struct rng hash = {who ^ budgets->secret};
	struct budget *set = budgets->sets[rng_next(&hash) % SETS], *least = set;

	for (unsigned i = 0; i < WAYS; i++) {
		if (set[i].who == who && set[i].paid_until_ns > now_ns)
			return &set[i];
		if (set[i].paid_until_ns < least->paid_until_ns)
			least = &set[i];
	}
	*least = (struct budget){who, now_ns};
	return least;
}

uint32_t
budgets_take(struct budgets *budgets, uint64_t who, uint32_t points, uint64_t now_us)
{
	uint64_t now_ns = now_us * 1000, until_ns, most_ns = now_ns + budgets->saved_ns;
	struct budget *budget = find(budgets, who, now_ns);

	until_ns = budget->paid_until_ns + points * budgets->point_ns;
	if (until_ns > most_ns)
		return (uint32_t)((until_ns - most_ns) / 1000000 + 1);
	budget->paid_until_ns = until_ns;
	return 0;
}

void
budgets_charge(struct budgets *budgets, uint64_t who, uint32_t points, uint64_t now_us)
{
	uint64_t now_ns = now_us * 1000, most_ns = now_ns + 2 * budgets->saved_ns;
	struct budget *budget = find(budgets, who, now_ns);

	budget->paid_until_ns = MIN(budget->paid_until_ns + points * budgets->point_ns, most_ns);
}
