/* store_private.h - what fcall.c needs of the store. */
#ifndef GV_STORE_PRIVATE_H
#define GV_STORE_PRIVATE_H

#include "feed.h"
#include "link.h"
#include "store.h"

struct link *store_writes(struct store *store);
struct feed *store_feed(struct store *store);
uint32_t store_timeout_ms(const struct store *store);

#endif
