#include "audited.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define AUDIT_PATIENCE_S 120 /* a million keys, on a machine that has other things to do */

/* The address of a Redis of somebody else's; NULL: it is the folder's own. */
static const char *
redis_of(const struct world *w)
{
	for (size_t i = 0; i + 1 < FLAGS_MAX && w->flags[i]; i++)
		if (strcmp(w->flags[i], "--redis") == 0)
			return w->flags[i + 1];
	return NULL;
}

/* Of one call, at once, or (NULL) of all there is. */
static struct ended
run_audit(const struct world *w, const char *call, void (*turn)(void *context), void *context)
{
	const char *redis = redis_of(w);
	const char *argv[] = {gridctl_binary(), "audit", "--lang", "en", redis ? "--redis" : "--data",
		redis ? redis : w->folder, call ? "--now" : NULL, "--call", call, NULL};

	return run_program_beside(argv, AUDIT_PATIENCE_S, turn, context);
}

/* Nor is there one where not everything could be judged. */
static void
assert_no_difference(const struct ended *ended)
{
	assert_ended(ended, ended->status == 6 ? 6 : 0, "no difference");
}

void
assert_call_clean(const struct world *w, const char *call)
{
	struct ended ended = run_audit(w, call, NULL, NULL);

	assert_no_difference(&ended);
}

bool
audit_beside(const struct world *w, void (*turn)(void *context), void *context)
{
	struct ended ended = run_audit(w, NULL, turn, context);

	assert_no_difference(&ended);
	return ended.status == 0;
}

void
assert_audit_clean(const struct world *w)
{
	uint64_t until_us = world_now_us() + (uint64_t)PATIENCE_S * 1000000;

	while (!audit_beside(w, NULL, NULL))
		if (world_now_us() > until_us)
			fail_msg("%s", "waited in vain for all to stand still and to be relayed");
}
