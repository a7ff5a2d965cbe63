/* golden_requests.h - one good request of each kind and shape: those that the golden frames keep (tests/unit/golden). */
#ifndef GV_TEST_GOLDEN_REQUESTS_H
#define GV_TEST_GOLDEN_REQUESTS_H

#include "pb.h"

/* Each that asks for something; it is freed when `visit` returns. */
void golden_requests(void (*visit)(Request *request));

#endif
