#include "wechat_store.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "fcall.h"
#include "keys.h"
#include "log.h"
#include "memory.h"

#define PARTITION 0
#define PURPOSE   "wechat token"

struct wechat_shelf {
	struct service *service;
	char *appid;
};

struct taking {
	struct wechat_shelf *shelf;
	wechat_taken *taken;
	void *asker;
};

_Static_assert(WECHAT_TOKEN <= VAULT_TEXT_MAX + 1, "every token can be sealed");

static bool
open_token(const struct wechat_shelf *shelf, const struct reply *reply, struct wechat_token *out)
{
	struct text sealed = reply_text(reply, 0);

	if (reply->status != OK || sealed.len == 0)
		return false;
	out->expires_ms = reply_u64(reply, 1);
	if (vault_open_text(shelf->service->vault, PURPOSE, sealed, out->text, sizeof(out->text)))
		return true;
	log_error("wechat", "token_does_not_open");
	return false;
}

static void
on_taken(const struct reply *reply, void *context)
{
	struct taking *taking = context;
	struct wechat_token token = {0};
	bool is_there = open_token(taking->shelf, reply, &token);
	bool is_leased = reply->status == OK && reply_u64(reply, 2) == 1;

	taking->taken(is_there ? &token : NULL, is_leased, taking->asker);
	sodium_memzero(&token, sizeof(token));
	free(taking);
}

static void
take(uint64_t due_ms, uint64_t stale_ms, wechat_taken *taken, void *asker, void *context)
{
	struct wechat_shelf *shelf = context;
	struct taking *taking;
	struct fcall f;

	if (!shelf->service->loaded) {
		taken(NULL, false, asker);
		return;
	}
	taking = or_die(malloc(sizeof(*taking)));
	*taking = (struct taking){shelf, taken, asker};
	f = fcall_bare(shelf->service->store, "wechat_take", PARTITION, 1);
	fcall_key(&f, KEY_WECHAT);
	fcall_arg(&f, text_of(shelf->appid));
	fcall_arg_u64(&f, due_ms);
	fcall_arg_u64(&f, stale_ms);
	fcall_arg_u64(&f, WECHAT_LEASE_MS);
	if (fcall_send(&f, on_taken, taking))
		return;
	free(taking);
	taken(NULL, false, asker);
}

/* The lease ends by itself. */
static void
on_put(const struct reply *reply, void *context)
{
	(void)context;
	if (reply->status != OK)
		log_warn("wechat", "token_not_kept", KV("status", status_name(reply->status)));
}

static void
put(const struct wechat_token *token, void *context)
{
	struct wechat_shelf *shelf = context;
	struct fcall f = fcall_bare(shelf->service->store, "wechat_put", PARTITION, 1);
	char sealed[VAULT_SEALED_TEXT(VAULT_TEXT_MAX)] = "";

	if (token)
		vault_seal_text(shelf->service->vault, PURPOSE, text_of(token->text), sealed);
	fcall_key(&f, KEY_WECHAT);
	fcall_arg(&f, text_of(shelf->appid));
	fcall_arg(&f, text_of(sealed));
	fcall_arg_u64(&f, token ? token->expires_ms : 0);
	if (!fcall_send(&f, on_put, NULL))
		log_warn("wechat", "token_not_kept", KV("status", status_name(BUSY)));
}

struct wechat_shelf *
wechat_shelf_create(struct service *service, const char *appid)
{
	struct wechat_shelf *shelf = or_die(calloc(1, sizeof(*shelf)));

	shelf->service = service;
	shelf->appid = or_die(strdup(appid));
	return shelf;
}

struct wechat_store
wechat_shelf_store(struct wechat_shelf *shelf)
{
	return (struct wechat_store){take, put, shelf};
}

void
wechat_shelf_destroy(struct wechat_shelf *shelf)
{
	if (!shelf)
		return;
	free(shelf->appid);
	free(shelf);
}
