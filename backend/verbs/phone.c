/* phone.c - the phone by which a person is known. */
#include "verbs.h"

void
verb_phone_bind(struct request *rq, const struct asked *asked)
{
	(void)asked;
	request_refuse(rq, BAD_REQUEST, "code");
}
