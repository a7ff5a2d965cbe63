#include "worlds.h"

#include "ears.h"

static struct world *shared_world; /* NULL: none is open */

static void
close_shared_world(void)
{
	struct world *w = shared_world;

	shared_world = NULL;
	if (w)
		world_close(w);
}

int
shared_setup(void **state)
{
	if (!shared_world)
		shared_world = world_open(NULL);
	*state = shared_world;
	return 0;
}

int
shared_teardown(void **state)
{
	(void)state;
	ears_close();
	return 0;
}

int
fresh_setup(void **state)
{
	close_shared_world();
	*state = world_open(*state);
	return 0;
}

int
wechat_setup(void **state)
{
	close_shared_world();
	*state = world_open_with_wechat(*state);
	return 0;
}

int
fresh_teardown(void **state)
{
	world_close(*state);
	return 0;
}

int
worlds_teardown(void **state)
{
	(void)state;
	close_shared_world();
	return 0;
}
