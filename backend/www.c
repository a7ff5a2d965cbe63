#include "www.h"

#include <stdio.h>
#include <unistd.h>

#include "log.h"
#include "pages.h"

#define NONE "none"

static bool
has_manifest(const char *folder)
{
	char path[4096 + sizeof("/" FILES_MANIFEST)];

	snprintf(path, sizeof(path), "%s/" FILES_MANIFEST, folder);
	return access(path, F_OK) == 0;
}

static bool
is_beside(char *folder, size_t room)
{
	char program[4096];
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
	char *slash;

	if (len < 0)
		return false;
	program[len] = '\0';
	slash = strrchr(program, '/');
	snprintf(folder, room, "%.*s/www", slash ? (int)(slash - program) : 0, program);
	return has_manifest(folder);
}

/* "": there is none. */
static void
find_folder(const char *set, char *folder, size_t room)
{
	if (strcmp(set, NONE) == 0)
		folder[0] = '\0';
	else if (set[0])
		snprintf(folder, room, "%s", set);
	else if (!is_beside(folder, room))
		snprintf(folder, room, "%s", has_manifest(WWW_INSTALLED) ? WWW_INSTALLED : "");
}

bool
www_open(const char *set, struct files **files)
{
	char folder[4096], why[1024];

	*files = NULL;
	find_folder(set, folder, sizeof(folder));
	if (!folder[0]) {
		log_info("www", "no_pages");
		return true;
	}
	*files = files_open(folder, pages_has, why, sizeof(why));
	if (!*files) {
		fprintf(stderr, "gridhub: www: %s: %s\n", folder, why);
		return false;
	}
	log_info("www", "read", KV("folder", folder), KU("files", files_count(*files)),
		KU("bytes", files_bytes(*files)));
	return true;
}
