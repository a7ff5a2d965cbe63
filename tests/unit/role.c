/* role.c - roles and grants. */
#include "role.h"
#include "unit.h"

static void
every_role_reads_back_by_its_name(void **state)
{
	enum role role, read;

	(void)state;
	for (role = ROLE_NONE + 1; role < ROLES; role++) {
		read = ROLE_NONE;
		assert_true(role_parse(&read, text_of(role_name(role))));
		assert_int_equal(read, role);
	}
	assert_string_equal(role_name(ROLE_NONE), "");
}

static void
what_is_no_role_is_refused(void **state)
{
	static const char *const names[] = {"", "Worker", "worker ", "work", "workers", "none", "operator\n"};
	enum role role = ROLE_UNIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_false(role_parse(&role, text_of(names[i])));
	assert_int_equal(role, ROLE_UNIT);
}

/* Nobody but who gives rights can make somebody as powerful as himself, and he has none of the others. */
static void
only_security_gives_its_like(void **state)
{
	(void)state;
	for (enum role role = ROLE_NONE + 1; role < ROLES; role++) {
		assert_int_equal(role_may_give(role, role), role == ROLE_SECURITY);
		assert_true(role_may_give(ROLE_SECURITY, role));
		assert_false(role_may_give(ROLE_AUDITOR, role));
		assert_false(role_may_give(ROLE_OPERATOR, role));
		assert_false(role_may_give(ROLE_MEMBER, role));
		assert_false(role_may_give(ROLE_NONE, role));
	}
	assert_true(role_may_give(ROLE_SECRETARY, ROLE_WORKER));
	assert_false(role_may_give(ROLE_SECRETARY, ROLE_SUPERVISOR));
	assert_true(role_may_give(ROLE_SUPERVISOR, ROLE_SECRETARY));
	assert_false(role_may_give(ROLE_SUPERVISOR, ROLE_OPERATOR));
}

static void
three_duties_are_kept_apart(void **state)
{
	(void)state;
	for (enum role role = ROLE_NONE; role < ROLES; role++)
		assert_int_equal(role_is_duty(role), role >= ROLE_OPERATOR && role <= ROLE_AUDITOR);
}

static void
grant_holds_until_its_end(void **state)
{
	struct grant forever = {ROLE_WORKER, {0}, 0}, ends = {ROLE_WORKER, {0}, 1000};

	(void)state;
	assert_true(grant_holds(&forever, UINT64_MAX));
	assert_true(grant_holds(&ends, 999));
	assert_false(grant_holds(&ends, 1000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_role_reads_back_by_its_name),
		cmocka_unit_test(what_is_no_role_is_refused),
		cmocka_unit_test(only_security_gives_its_like),
		cmocka_unit_test(three_duties_are_kept_apart),
		cmocka_unit_test(grant_holds_until_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
