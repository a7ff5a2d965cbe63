/* place_image.c - the mini-program code of a place, for a poster: who scans it registers there. */
#include "log.h"
#include "verbs.h"

#define PAGE  "pages/report/report"
#define WIDTH 430 /* of the image, in pixels */

/* Not asked for what may be tried again, nor for what is the operator's to mend, which is in the log. */
static enum status
status_of(const struct wechat_answer *answer)
{
	if (answer->outcome == WECHAT_NOT_DONE)
		return UNAVAILABLE;
	return answer->refusal == WECHAT_TOO_OFTEN ? BUSY : INTERNAL;
}

static void
drawn(const struct wechat_answer *answer, void *context)
{
	struct request *rq = context;

	if (answer->outcome != WECHAT_DONE)
		return request_refuse(rq, status_of(answer), "wechat");
	if (answer->image.bytes.len > rq->service->max_outbox / 2) { /* it would close the session */
		log_error("wechat", "image_too_long", KU("bytes", answer->image.bytes.len));
		return request_refuse(rq, INTERNAL, "wechat");
	}
	request_answer(rq, answer_place_image(rq->id, answer->image.bytes, answer->image.is_png));
}

void
verb_place_image(struct request *rq, const struct asked *asked)
{
	struct place place = asked->place_image.place;
	char scene[PLACE_TEXT];

	if (!known_place(rq, place, "place"))
		return;
	if (!rq->service->wechat)
		return request_refuse(rq, NOT_FOUND, "wechat");
	wechat_image(rq->service->wechat, PAGE, place_print(scene, place), WIDTH, drawn, rq);
}
