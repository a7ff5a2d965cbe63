/* chain.c - the chain over real sockets: joining, waiting, withdrawing, closing. */
#include "clock.h"
#include "world.h"

static void
freed_place_goes_to_first_in_line(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .limit = 2);

	(void)state;
	join(w, call, "an", "bo", "chen", "ding");
	withdraw(w, call, "an");

	assert_chain(w, call, "1 an struck", "2 bo confirmed", "3 chen confirmed", "4 ding waiting");
	world_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(freed_place_goes_to_first_in_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
