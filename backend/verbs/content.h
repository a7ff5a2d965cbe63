/* content.h - what people write is looked at by WeChat before others see it (msg_sec_check).
 *
 *   const struct written written = {"title", {in->title}, NULL};
 *   …
 *   content_call(rq, WECHAT_FORUM, &written, 1, &f, posted); // instead of request_call()
 *
 * What WeChat finds risky is refused with BAD_REQUEST of the field, and nothing is written. Nothing else holds anybody up,
 * for a call may be urgent: the call is sent all the same, and counted as unchecked, when there is no verdict within
 * CONTENT_WAIT_MS, WeChat cannot be asked or refuses to answer, or the author never came by WeChat. What is for review is
 * sent too, and counted. Without WeChat this is request_call().
 *
 * What was answered under a `once` before is answered again, whatever WeChat says by now. */
#ifndef GV_CONTENT_H
#define GV_CONTENT_H

#include <uv.h>

#include "request.h"

#define CONTENT_WAIT_MS 1000
#define CONTENT_FIELDS  5 /* of a request that are checked, each by itself */

/* What is checked as one text, a line each: by the rules of its fields not above the 2500 characters that WeChat takes. */
struct written {
	const char *field; /* that is refused; must outlive the request */
	struct text texts[3];
	const struct list *more; /* struct text; NULL: none */
};

struct content_counters {
	uint64_t asked; /* texts */
	uint64_t risky; /* of them; also where the verdict came too late */
	uint64_t review;
	uint64_t unchecked; /* requests that went on without a verdict on all they say */
};

struct content;

struct content *content_create(uv_loop_t *loop, struct service *service) WARN_UNUSED;
struct content_counters content_counters(const struct content *content);

/* Closes its timer; what waits goes on when WeChat or Redis ends. Freed by content_finish(), when the loop has run. */
void content_destroy(struct content *content);
void content_finish(struct content *content);

/* Sends the call for the request when what was written may be shown, or else ends the request. Texts are copied. */
void content_call(struct request *rq, enum wechat_scene scene, const struct written *written, size_t count,
	struct fcall *f, fcall_done *done);

#endif
