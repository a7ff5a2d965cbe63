/* main.c - gridhub: reads the settings and runs the hub. */
#include <stdio.h>

#include "config.h"
#include "hub.h"

int
main(int argc, char **argv)
{
	struct config config;
	enum config_wish wish = config_read(&config, argc, argv);
	int status = 0;

	switch (wish) {
	case CONFIG_HELP:
		config_print_help(stdout);
		break;
	case CONFIG_VERSION:
		puts("gridhub " GV_VERSION);
		break;
	case CONFIG_MAN:
		config_print_man(stdout);
		break;
	case CONFIG_BAD:
		status = 2;
		break;
	case CONFIG_CHECK:
		if (hub_check(&config))
			config_print(&config, stdout);
		else
			status = 2;
		break;
	case CONFIG_RUN:
		status = hub_run(&config);
		break;
	}
	config_finish(&config);
	return status;
}
