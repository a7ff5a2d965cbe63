#include "gather.h"

#include "macros.h"

uint64_t
gather_wait_us(const struct gather *gather, uint64_t now_us)
{
	uint64_t cost = (uint64_t)((double)gather->deliveries * GATHER_DELIVERY_US / GATHER_SHARE);
	uint64_t due = gather->told_us + MAX(cost, (uint64_t)GATHER_MIN_US);

	return now_us >= due ? 0 : due - now_us;
}

void
gather_told(struct gather *gather, uint64_t now_us, size_t deliveries)
{
	gather->told_us = now_us;
	gather->deliveries = deliveries;
}
