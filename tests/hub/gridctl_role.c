/* gridctl_role.c - roles and devices at the command line. */
#include <stdio.h>
#include <string.h>

#include "caller.h"
#include "gridctl.h"
#include "worlds.h"

static const char *
id_of_person(struct world *w, const char *handle)
{
	return caller_person(person(w, handle));
}

static void
role_is_given_listed_and_taken(void **state)
{
	struct world *w = *state;
	const char *an = id_of_person(w, "an");
	json_t *grant;

	assert_gridctl(w, "chief", 0, "nobody holds a role there", "role", "list", GRID_B);
	assert_gridctl(w, "chief", 0, "given", "role", "give", an, "worker", GRID_B, "--until", "+4h");
	grant = gridctl_json(w, "chief", "role", "list", COMMUNITY);
	assert_string_equal(json_string_value(json_object_get(grant, "person")), an);
	assert_string_equal(json_string_value(json_object_get(grant, "place")), GRID_B);
	assert_true(json_integer_value(json_object_get(grant, "until_ms")) > 0);
	json_decref(grant);
	assert_gridctl(w, "chief", 0, "worker", "role", "list", GRID_B);
	assert_gridctl(w, "chief", 0, "given", "role", "give", an, "security");
	assert_gridctl(w, "chief", 0, "everywhere", "role", "list");
	assert_gridctl(w, "chief", 1, "he holds it already", "role", "give", an, "security");
	assert_gridctl(w, "chief", 0, "taken back", "role", "take", an, "worker", GRID_B);
	assert_gridctl(w, "chief", 0, "taken back", "role", "take", an, "security");
	assert_gridctl(w, "chief", 1, "he holds no such role there", "role", "take", an, "security");
}

static void
what_was_typed_wrong_is_said(void **state)
{
	struct world *w = *state;

	assert_gridctl(w, "chief", 2, "'boss' is no role; there are: member worker", "role", "give", "3.77", "boss");
	assert_gridctl(w, "chief", 2, "没有“boss”这个角色", "role", "give", "3.77", "boss", "--lang", "zh");
	assert_gridctl(w, "chief", 2, "--until 'soon' is no time", "role", "give", "3.77", "worker", "--until", "soon");
	assert_gridctl(w, "chief", 1, "'3.999'", "role", "give", "3.999", "worker", GRID_A);
	assert_gridctl(w, "chief", 2, "'x' is no number of a device", "device", "revoke", "x");
	assert_gridctl(w, "chief", 1, "'7'", "device", "revoke", "7");
}

static void
assert_lines(const char *said, size_t least, size_t most)
{
	size_t lines = 0;

	for (const char *at = said; (at = strchr(at, '\n')); at++)
		lines++;
	assert_in_range(lines, least, most);
}

static void
role_is_explained_without_a_hub(void **state)
{
	struct world *w = *state;
	struct ended ended = gridctl_bare(w, "role", "explain", "worker", "--lang", "en");

	assert_ended(&ended, 0, "worker (grid worker)");
	ended = gridctl_bare(w, "role", "explain", "auditor", "--lang", "zh");
	assert_ended(&ended, 0, "auditor (审计)");
	ended = gridctl_bare(w, "role", "explain", "supervisor", "--lang", "en");
	assert_ended(&ended, 0,
		"  at the place of the role and below it\n    places and figures: watch figures live, see tallies\n");
	assert_ended(&ended, 0, "  there, below it and above it\n    calls: see one\n    chain: sign up\n");
	assert_ended(&ended, 0,
		"with a stated reason (--why)\n    chain: see who signed up\n    members: list members by name\n");
	assert_lines(ended.said, 5, 24); /* a screen */
	assert_null(strstr(ended.said, "place_import"));
	ended = gridctl_bare(w, "role", "explain", "auditor", "--lang", "zh");
	assert_ended(&ended, 0, "仅限全国范围的任职\n    角色与审计：查阅审计日志\n");
	ended = gridctl_bare(w, "role", "explain", "--verb", "call post", "--lang", "en");
	assert_ended(&ended, 0, "  worker      there and below\n");
	assert_ended(&ended, 0, "  auditor     no\n");
	assert_lines(ended.said, 10, 10);
	ended = gridctl_bare(w, "role", "explain", "worker", "--verb", "call_post", "--lang", "zh");
	assert_ended(&ended, 0, "call_post (发布召集)\n  worker      本地及以下\n");
	ended = gridctl_bare(w, "role", "explain", "--verb", "dance", "--lang", "en");
	assert_ended(&ended, 2, "'dance' is no verb");
	ended = gridctl_bare(w, "role", "explain", "worker", "--all", "--lang", "en");
	assert_ended(&ended, 0, "place_import");
	ended = gridctl_bare(w, "role", "explain", "worker", "--json");
	assert_ended(&ended, 0, "{\"role\":\"worker\",\"verb\":\"call_post\",\"reach\":\"over\"}");
}

static void
devices_are_listed(void **state)
{
	struct world *w = *state;

	assert_gridctl(w, "nobody", 0, "no device has a token", "device", "list");
	assert_gridctl(w, "nobody", 0, "logged out there", "device", "revoke", "all");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(role_is_given_listed_and_taken),
		shared(what_was_typed_wrong_is_said),
		shared(role_is_explained_without_a_hub),
		shared(devices_are_listed),
	};

	return run_in_worlds(tests);
}
