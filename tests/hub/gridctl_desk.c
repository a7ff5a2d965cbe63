/* gridctl_desk.c - signing in at a desk by a phone, at the command line. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "gridctl.h"
#include "notes.h"
#include "program.h"
#include "worlds.h"

static int
end_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return exit_of(status);
}

/* What the desk shows. */
static void
read_ticket(struct world *w, char ticket[64], char number[16])
{
	FILE *file;

	gridctl_says(w, "desk", "\"number\"");
	file = fopen(say("%s/desk", w->folder), "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "{\"ticket\":\"%63[^\"]\",\"number\":%15[0-9]}", ticket, number), 2);
	fclose(file);
}

static void
desk_is_let_in_from_a_phone(void **state)
{
	struct world *w = *state;
	char ticket[64], number[16];
	pid_t desk = gridctl_start(w, "nobody", "desk", "login", "--desk", "前台", "--json");

	read_ticket(w, ticket, number);
	assert_gridctl(w, "an", 0, say("gridctl desk confirm %s NUMBER\n", ticket), "desk", "show", ticket);
	assert_gridctl(w, "an", 2, "type the number that the desk shows", "desk", "confirm", ticket);
	assert_gridctl(w, "an", 0, "let in, as you", "desk", "confirm",
		say("https://grid.example.cn/#/desk/%s", ticket), number);
	assert_int_equal(end_of(desk), 0);
	gridctl_says(w, "desk", "\"person\"");
	assert_gridctl(w, "an", 0, "前台", "device", "list");
	assert_gridctl(w, "an", 1, "there is no such ticket", "desk", "show", ticket);
}

static void
desk_is_refused_from_a_phone(void **state)
{
	struct world *w = *state;
	char ticket[64], number[16];
	pid_t desk = gridctl_start(w, "nobody", "desk", "login", "--desk", "前台", "--json");

	read_ticket(w, ticket, number);
	assert_gridctl(w, "an", 0, "refused", "desk", "confirm", ticket, "--deny");
	assert_int_equal(end_of(desk), 4);
}

/* There are ninety: who could try them all would let in a desk that he does not see. */
static void
wrong_number_lets_no_desk_in(void **state)
{
	struct world *w = *state;
	char ticket[64], number[16];
	pid_t desk = gridctl_start(w, "nobody", "desk", "login", "--desk", "前台", "--json");

	read_ticket(w, ticket, number);
	assert_gridctl(w, "an", 1, "shows another number, and is not let in", "desk", "confirm", ticket,
		strcmp(number, "42") == 0 ? "43" : "42");
	assert_int_equal(end_of(desk), 4);
	assert_gridctl(w, "an", 1, "there is no such ticket", "desk", "confirm", ticket, number);
	assert_gridctl(w, "chief", 0, "denied wrong=1", "audit-log", "--what", "desk");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		fresh(desk_is_let_in_from_a_phone),
		fresh(desk_is_refused_from_a_phone),
		fresh(wrong_number_lets_no_desk_in),
	};

	return run_in_worlds(tests);
}
