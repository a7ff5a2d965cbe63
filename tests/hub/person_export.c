/* person_export.c - all that is held of a person, told to himself; of another, only for a reason and only to his secretary. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gridctl.h"
#include "raw.h"
#include "role.h"
#include "sealed.h"
#include "worlds.h"

#define PHONE  "13912345678"
#define MASKED "139****5678"

typedef Gridvanguard__V1__PersonExportResult Held;

static const char *
id_of_person(struct world *w, const char *handle)
{
	return say("%s", caller_person(person(w, handle)));
}

/* Registered, with a phone that is on the roster, and a role. His id. */
static const char *
make_fang(struct world *w)
{
	const char *id;

	expect(person(w, "fang"), to_register(GRID_A, "欧阳晓芳", "太原供电"), "OK", "");
	id = id_of_person(w, "fang");
	know_phone(w, id, PHONE);
	expect(person(w, "worker"), to_roster(PHONE, "欧阳芳", "太原供电公司", GRID_B), "OK", "");
	expect(person(w, "worker"), to_give(id, ROLE_MEMBER, GRID_B, 0), "OK", "");
	return id;
}

/* Somebody with that role and nothing else. */
static struct raw
holder(struct world *w, const char *handle, enum role role, const char *place)
{
	struct raw raw;

	expect(person(w, "worker"), to_give(id_of_person(w, handle), role, place, 0), "OK", "");
	raw_login_granted(&raw, w, handle);
	return raw;
}

/* The newest entry that tells of it in somebody's own part of the audit log, "who why"; "": none. */
static const char *
export_entry(struct raw *raw)
{
	Answer *answer = raw_ask(raw, to_list_audit(.own = true, .what = "person_export"));
	const char *said = "";

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	if (answer->audit_list->n_entries > 0)
		said = say("%s %s", answer->audit_list->entries[0]->who, answer->audit_list->entries[0]->why);
	free_answer(answer);
	return said;
}

static void
one_is_told_all_that_is_held(void **state)
{
	struct world *w = *state;
	const char *id = make_fang(w);
	struct raw fang;
	Answer *answer;
	const Held *held;

	raw_login_granted(&fang, w, "fang");
	answer = raw_ask(&fang, to_export("", ""));
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	held = answer->person_export;
	assert_string_equal(held->account->person, id);
	assert_string_equal(held->account->identity, "dev");
	assert_true(held->account->created_ms > 0);
	assert_string_equal(held->registration->place, GRID_A);
	assert_int_equal(
		held->registration->state, GRIDVANGUARD__V1__REGISTRATION_STATE__REGISTRATION_STATE_REGISTERED);
	assert_string_equal(held->registration->name, "欧阳晓芳");
	assert_string_equal(held->registration->organisation, "太原供电");
	assert_true(held->registration->since_ms >= held->account->created_ms);
	assert_string_equal(held->phone->phone, PHONE);
	assert_true(held->phone->listed);
	assert_string_equal(held->phone->name, "欧阳芳");
	assert_string_equal(held->phone->organisation, "太原供电公司");
	assert_string_equal(held->phone->place, GRID_B);
	assert_int_equal(held->n_grants, 1);
	assert_string_equal(held->grants[0]->place, GRID_B);
	free_answer(answer);
	assert_string_equal(export_entry(&fang), say("%s ", id));
	raw_close(&fang);
}

static void
who_has_nothing_is_told_that(void **state)
{
	struct world *w = *state;
	struct raw gao;
	Answer *answer;

	raw_login_granted(&gao, w, "gao");
	answer = raw_ask(&gao, to_export("", ""));
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	assert_int_equal(answer->person_export->registration->state,
		GRIDVANGUARD__V1__REGISTRATION_STATE__REGISTRATION_STATE_NONE);
	assert_string_equal(answer->person_export->phone->phone, "");
	assert_false(answer->person_export->phone->listed);
	free_answer(answer);
	raw_close(&gao);
}

/* The devices are his, and the one that asks is marked. */
static void
devices_are_told(void **state)
{
	struct world *w = *state;
	struct raw he;
	Answer *answer;
	char token[TOKEN_TEXT];

	read_token(w, token);
	raw_open(&he, w);
	free_answer(raw_ask(&he, to_login_on(token, "he", "手机")));
	answer = raw_ask(&he, to_export("", ""));
	assert_int_equal(answer->person_export->n_devices, 1);
	assert_string_equal(answer->person_export->devices[0]->name, "手机");
	assert_true(answer->person_export->devices[0]->own);
	free_answer(answer);
	raw_close(&he);
}

static void
another_is_told_to_his_secretary_for_a_reason(void **state)
{
	struct world *w = *state;
	const char *id = make_fang(w), *wang = id_of_person(w, "wang");
	struct raw secretary = holder(w, "wang", ROLE_SECRETARY, COMMUNITY), fang;
	Answer *answer;

	raw_login_granted(&fang, w, "fang");
	raw_expect(&secretary, to_export(id, ""), "BAD_REQUEST", "why");
	assert_string_equal(export_entry(&fang), "");
	answer = raw_ask(&secretary, to_export(id, "本人书面申请"));
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	assert_string_equal(answer->person_export->registration->name, "欧阳晓芳");
	assert_string_equal(answer->person_export->phone->phone, MASKED);
	free_answer(answer);
	assert_string_equal(export_entry(&fang), say("%s 本人书面申请", wang));
	raw_close(&fang);
	raw_close(&secretary);
}

static void
another_is_told_to_nobody_else(void **state)
{
	static const enum role roles[] = {ROLE_MEMBER, ROLE_WORKER, ROLE_SUPERVISOR, ROLE_DEPARTMENT, ROLE_UNIT,
		ROLE_OPERATOR, ROLE_SECURITY, ROLE_AUDITOR};
	struct world *w = *state;
	const char *id = make_fang(w);
	struct raw raw;

	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		raw = holder(w, say("no-%s", role_name(roles[i])), roles[i], COMMUNITY);
		raw_expect(&raw, to_export(id, "本人书面申请"), "FORBIDDEN", "person");
		raw_close(&raw);
	}
	raw = holder(w, "elsewhere", ROLE_SECRETARY, GRID_B);
	raw_expect(&raw, to_export(id, "本人书面申请"), "FORBIDDEN", "person");
	raw_close(&raw);
	/* He holds a role that no secretary gives. */
	raw = holder(w, "wang", ROLE_SECRETARY, COMMUNITY);
	expect(person(w, "worker"), to_give(id, ROLE_SUPERVISOR, COMMUNITY, 0), "OK", "");
	raw_expect(&raw, to_export(id, "本人书面申请"), "FORBIDDEN", "person");
	raw_close(&raw);
}

static void
who_is_erased_is_not_there(void **state)
{
	struct world *w = *state;
	const char *id = make_fang(w);

	expect(person(w, "fang"), to_erase("", ""), "OK", "");
	expect(person(w, "worker"), to_export(id, "本人书面申请"), "NOT_FOUND", "person");
}

/* gridctl. */

static const char *
text_at(const json_t *object, const char *section, const char *field)
{
	return json_string_value(json_object_get(json_object_get(object, section), field));
}

static bool
line_has_arrived(struct world *w, const char *who)
{
	json_t *object = gridctl_json(w, who, "mine");
	bool arrived = json_object_get(object, "call") != NULL;

	json_decref(object);
	return arrived;
}

static void
gridctl_writes_it_as_json(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--question", "几个人");
	json_t *all, *line;

	make_fang(w);
	assert_gridctl(w, "fang", 0, "number 1", "join", call, "--remark", "带小推车", "--answer", "两个");
	wait_until(w, line_has_arrived(w, "fang"), "the line to arrive");
	all = gridctl_json(w, "fang", "person", "export");
	assert_string_equal(text_at(all, "account", "identity"), "dev");
	assert_string_equal(text_at(all, "registration", "name"), "欧阳晓芳");
	assert_string_equal(text_at(all, "phone", "phone"), PHONE);
	assert_int_equal(json_array_size(json_object_get(all, "grants")), 1);
	assert_int_equal(json_array_size(json_object_get(all, "sign_ups")), 1);
	line = json_array_get(json_object_get(all, "sign_ups"), 0);
	assert_string_equal(json_string_value(json_object_get(line, "call")), call);
	assert_string_equal(json_string_value(json_object_get(line, "remark")), "带小推车");
	assert_string_equal(json_string_value(json_array_get(json_object_get(line, "answers"), 0)), "两个");
	line = json_array_get(json_object_get(all, "looked"), 0);
	assert_string_equal(json_string_value(json_object_get(line, "what")), "person_export");
	json_decref(all);
}

static void
gridctl_writes_it_as_a_table(void **state)
{
	struct world *w = *state;
	struct ended ended;

	make_fang(w);
	assert_gridctl(w, "fang", 0, "\r\nregistration,name,欧阳晓芳\r\n", "person", "export", "--csv");
	assert_gridctl(w, "fang", 0, "\r\ngrants,1.role,MEMBER\r\n", "person", "export", "--csv");
	ended = gridctl_shell(w, "\"$0\" person export --csv --out \"$1/me.csv\" --data \"$1\" --as fang --lang zh && "
				 "cat \"$1/me.csv\"");
	assert_ended(&ended, 0, "已导出到 ");
	assert_ended(&ended, 0, "类别,项目,内容\r\n");
	assert_ended(&ended, 0, "\r\nphone,phone," PHONE "\r\n");
	assert_gridctl(w, "fang", 5, "/nowhere/me.json", "person", "export", "--out", "/nowhere/me.json");
}

static void
gridctl_takes_a_reason_for_another(void **state)
{
	struct world *w = *state;
	const char *id = make_fang(w);
	json_t *all;

	assert_gridctl(w, "worker", 1, "--why", "person", "export", id);
	assert_gridctl(w, "worker", 1, "nobody of that id", "person", "export", "3.999", "--why", "本人书面申请");
	all = gridctl_json(w, "worker", "person", "export", id, "--why", "本人书面申请");
	assert_string_equal(text_at(all, "phone", "phone"), MASKED);
	assert_null(json_object_get(all, "sign_ups"));
	json_decref(all);
	assert_gridctl(w, "fang", 0, "corrected", "person", "correct", "--name", "欧阳小芳");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		fresh(one_is_told_all_that_is_held),
		fresh(who_has_nothing_is_told_that),
		fresh(devices_are_told),
		fresh(another_is_told_to_his_secretary_for_a_reason),
		fresh(another_is_told_to_nobody_else),
		fresh(who_is_erased_is_not_there),
		fresh(gridctl_writes_it_as_json),
		fresh(gridctl_writes_it_as_a_table),
		fresh(gridctl_takes_a_reason_for_another),
	};

	return run_in_worlds(tests);
}
