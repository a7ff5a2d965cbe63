/* wechat_store.h - where WeChat's access token lies for all hubs: in Redis, sealed with the hub's key
 * (functions/wechat.lua). */
#ifndef GV_WECHAT_STORE_H
#define GV_WECHAT_STORE_H

#include "service.h"
#include "wechat_token.h"

struct wechat_shelf;

/* Works with the service's store and vault as soon as they are there; until then there is no token. */
struct wechat_shelf *wechat_shelf_create(struct service *service, const char *appid) WARN_UNUSED;

/* For the client of WeChat. */
struct wechat_store wechat_shelf_store(struct wechat_shelf *shelf);

/* When the client is gone, and so is Redis' store. */
void wechat_shelf_destroy(struct wechat_shelf *shelf);

#endif
