/* files.c - the pages are read by their manifest, and what is wrong with it is said by name. */
#include "files.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "program.h"
#include "unit.h"

/* A folder with pages, and how its reading ended. */
struct fixture {
	char folder[256];
	char why[512];
};

static void
put(const struct fixture *f, const char *name, const char *content, size_t len)
{
	char path[512];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	out = fopen(path, "we");
	assert_non_null(out);
	assert_int_equal(fwrite(content, 1, len, out), len);
	fclose(out);
}

static int
set_up(void **state)
{
	static struct fixture f;
	char path[512];

	folder_make(f.folder, sizeof(f.folder), "www");
	snprintf(path, sizeof(path), "%s/phone", f.folder);
	assert_int_equal(mkdir(path, 0700), 0);
	put(&f, "phone/index.html", "<p>page</p>", 11);
	put(&f, "phone/app.js", "script", 6);
	put(&f, "phone/app.js.gz", "gz", 2);
	*state = &f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	folder_remove(f->folder);
	return 0;
}

static bool
is_taken(const char *path)
{
	return strcmp(path, "/healthz") == 0;
}

static struct files *
open_with(struct fixture *f, const char *manifest)
{
	put(f, "manifest.json", manifest, strlen(manifest));
	f->why[0] = '\0';
	return files_open(f->folder, is_taken, f->why, sizeof(f->why));
}

#define ENTRY(path, file, type, rest) \
	"{\"path\": \"" path "\", \"file\": \"" file "\", \"type\": \"" type "\", " rest "}"
#define PAGE \
	ENTRY("/", "phone/index.html", "text/html; charset=utf-8", "\"immutable\": false, \"bytes\": 11, \"gzip\": 0")
#define SCRIPT \
	ENTRY("/phone/app.js", "phone/app.js", "text/javascript", "\"immutable\": true, \"bytes\": 6, \"gzip\": 2")
#define FILES(entries) "{\"files\": [" entries "]}"

static void
what_the_manifest_names_is_held_and_nothing_else(void **state)
{
	struct files *files = open_with(*state, FILES(PAGE "," SCRIPT));
	const struct file *page, *script;

	assert_non_null(files);
	assert_int_equal(files_count(files), 2);
	assert_int_equal(files_bytes(files), 11 + 6 + 2);
	page = files_find(files, "/");
	script = files_find(files, "/phone/app.js");
	assert_true(page && text_equal(page->plain, TEXT("<p>page</p>")));
	assert_string_equal(page->type, "text/html; charset=utf-8");
	assert_false(page->immutable);
	assert_int_equal(page->gzip.len, 0);
	assert_true(script && text_equal(script->plain, TEXT("script")) && text_equal(script->gzip, TEXT("gz")));
	assert_true(script->immutable);
	assert_int_equal(strlen(script->etag), FILE_ETAG - 1);
	assert_string_not_equal(script->etag, page->etag);
	assert_null(files_find(files, "/phone/index.html"));
	assert_null(files_find(files, "/phone/app.js.gz"));
	assert_null(files_find(files, ""));
	assert_null(files_find(NULL, "/"));
	files_close(files);
}

static void
the_tag_is_that_of_the_content(void **state)
{
	struct fixture *f = *state;
	struct files *before = open_with(f, FILES(SCRIPT)), *after;

	put(f, "phone/app.js", "Script", 6);
	after = open_with(f, FILES(SCRIPT));
	assert_string_not_equal(files_find(before, "/phone/app.js")->etag, files_find(after, "/phone/app.js")->etag);
	files_close(before);
	files_close(after);
}

#define PLAIN_REST  "\"immutable\": false, \"bytes\": 6, \"gzip\": 0"
#define AT(path)    FILES(PAGE "," ENTRY(path, "phone/app.js", "text/css", PLAIN_REST))
#define NAMED(file) FILES(ENTRY("/a.js", file, "text/css", PLAIN_REST))
#define TYPED(type) FILES(ENTRY("/a.js", "phone/app.js", type, PLAIN_REST))
#define REST(rest)  FILES(ENTRY("/a.js", "phone/app.js", "text/css", rest))

static void
what_is_wrong_is_said_by_name(void **state)
{
	static const struct {
		const char *manifest, *why;
	} cases[] = {
		{"", "manifest.json: line 1"},
		{"{", "manifest.json: line 1"},
		{"[]", "files: is missing, or no list"},
		{"{}", "files: is missing, or no list"},
		{"{\"files\": {}}", "files: is missing, or no list"},
		{"{\"files\": [], \"files\": []}", "duplicate"},
		{FILES("7"), "files[0] \"\": path: is missing, or no text"},
		{FILES("{\"path\": 7}"), "files[0] \"\": path: is missing, or no text"},
		{AT(""), "files[1] \"\": path: is no path"},
		{AT("a.js"), "files[1] \"a.js\": path: is no path"},
		{AT("//a.js"), "files[1] \"//a.js\": path: is no path"},
		{AT("/../a.js"), "path: is no path"},
		{AT("/a/../b.js"), "path: is no path"},
		{AT("/.hidden"), "path: is no path"},
		{AT("/a b"), "path: is no path"},
		{AT("/a?b"), "path: is no path"},
		{AT("/a\\r\\nset-cookie: b"), "path: is no path"},
		{AT("/a//"), "path: is no path"},
		{AT("/healthz"), "files[1] \"/healthz\": path: is a page of the hub's own"},
		{AT("/"), "path: '/' is there twice"},
		{NAMED(""), "files[0] \"/a.js\": file: '' is no name"},
		{NAMED("/etc/passwd"), "file: '/etc/passwd' is no name"},
		{NAMED("../x"), "file: '../x' is no name"},
		{NAMED("phone/../../x"), "is no name"},
		{NAMED("phone/"), "is no name"},
		{NAMED("phone"), "file: 'phone' is no file"},
		{NAMED("phone/gone.js"), "file: 'phone/gone.js': No such file"},
		{NAMED("phone/index.html"), "has 11 bytes, and not 6"},
		{TYPED(""), "type: is no type"},
		{TYPED("text"), "type: is no type"},
		{TYPED("/css"), "type: is no type"},
		{TYPED("text/css\\r\\nset-cookie: a"), "files[0] \"/a.js\": type: is no type"},
		{REST("\"immutable\": 1, \"bytes\": 6, \"gzip\": 0"), "immutable: is missing"},
		{REST("\"bytes\": 6, \"gzip\": 0"), "immutable: is missing"},
		{REST("\"immutable\": true, \"gzip\": 0"), "bytes: is missing"},
		{REST("\"immutable\": true, \"bytes\": -1, \"gzip\": 0"), "bytes: is missing"},
		{REST("\"immutable\": true, \"bytes\": 6.5, \"gzip\": 0"), "bytes: is missing"},
		{REST("\"immutable\": true, \"bytes\": 6"), "gzip: is missing"},
		{REST("\"immutable\": true, \"bytes\": 6, \"gzip\": 3"), "'phone/app.js.gz' has 2 bytes, and not 3"},
		{REST("\"immutable\": true, \"bytes\": 16777217, \"gzip\": 0"),
			"bytes: with it all files are above 16 MiB"},
		{REST("\"immutable\": true, \"bytes\": 6, \"gzip\": 16777211"),
			"gzip: with it all files are above 16 MiB"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_null(open_with(f, cases[i].manifest));
		if (!strstr(f->why, cases[i].why))
			fail_msg("%s: wanted '%s', not '%s'", cases[i].manifest, cases[i].why, f->why);
	}
}

static void
there_is_a_bound_to_their_number(void **state)
{
	struct buf manifest = {0};
	char *text;

	buf_printf(&manifest, "{\"files\": [");
	for (int i = 0; i <= FILES_MAX; i++)
		buf_printf(&manifest, "%s{}", i ? "," : "");
	buf_printf(&manifest, "]}");
	text = buf_take(&manifest, &(size_t){0});
	assert_null(open_with(*state, text));
	assert_non_null(strstr(((struct fixture *)*state)->why, "files: are more than 1024"));
	free(text);
}

/* Whoever may write into the folder could have the start wait for ever. */
static void
what_is_no_file_is_not_waited_for(void **state)
{
	struct fixture *f = *state;
	char path[512];

	snprintf(path, sizeof(path), "%s/phone/pipe.js", f->folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_null(open_with(f, NAMED("phone/pipe.js")));
	assert_non_null(strstr(f->why, "'phone/pipe.js' is no file"));
	snprintf(path, sizeof(path), "%s/manifest.json", f->folder);
	unlink(path);
	assert_null(files_open(f->folder, is_taken, f->why, sizeof(f->why)));
	assert_string_equal(f->why, "manifest.json: No such file or directory");
	assert_null(files_open("/nowhere", is_taken, f->why, sizeof(f->why)));
	assert_string_equal(f->why, "No such file or directory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_the_manifest_names_is_held_and_nothing_else, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_tag_is_that_of_the_content, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_said_by_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(there_is_a_bound_to_their_number, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_file_is_not_waited_for, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
