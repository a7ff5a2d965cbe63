/* pages.h - the pages that the hub writes itself: its health, its counters, the privacy policy. */
#ifndef GV_PAGES_H
#define GV_PAGES_H

#include "buf.h"
#include "policy.h"
#include "service.h"
#include "web.h"

struct pages_source {
	const struct service *service;
	const struct web *web;
	const struct policy *policy;
};

/* Writes the page of that path. Counters are for this machine only: `local`. */
struct page pages_write(const struct pages_source *source, const char *path, bool local, struct buf *out);

/* Whether that path is one of them, at "/" not: that is only said where there is no page for phones. */
bool pages_has(const char *path);

#endif
