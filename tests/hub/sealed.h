/* sealed.h - what a hub has sealed in Redis, written there by a test with the hub's own key. */
#ifndef GV_TEST_SEALED_H
#define GV_TEST_SEALED_H

#include <hiredis/hiredis.h>

#include "world.h"

/* As if the person of that handle (who logs in) had come by WeChat under this openid. */
void know_by_openid(struct world *w, const char *handle, const char *openid);

/* As if registration had given the person of that id this phone. */
void know_phone(struct world *w, const char *person_id, const char *digits);

/* As if a hub had got that access token from WeChat. `key_folder` has the key, and Redis may be another hub's. */
void know_token(redisContext *redis, const char *key_folder, const char *token, uint64_t life_ms);

/* A connection to the Redis of the world; redisFree() it. */
redisContext *sealed_redis(const struct world *w);

#endif
