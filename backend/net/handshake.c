/* handshake.c - which connection may become a session, and where it comes from. */
#include <netinet/in.h>
#include <string.h>

#include "clock.h"
#include "origin.h"
#include "peer.h"
#include "web_private.h"

#define TOO_MANY 429 /* Too Many Requests, RFC 6585, 4 */

bool
handshake_lists(struct lws *wsi, enum lws_token_indexes header, const char *word)
{
	char value[HEADER_MAX];
	char *rest = value, *item;

	if (lws_hdr_copy(wsi, value, sizeof(value), header) <= 0)
		return false;
	while ((item = strsep(&rest, ","))) {
		item += strspn(item, " \t");
		item[strcspn(item, " \t")] = '\0';
		if (strcmp(item, word) == 0)
			return true;
	}
	return false;
}

/* By what proxies, tunnels and content networks say of themselves; one that says nothing cannot be told from a client. */
bool
handshake_is_forwarded(struct lws *wsi)
{
	static const enum lws_token_indexes known[] = {
		WSI_TOKEN_X_FORWARDED_FOR, WSI_TOKEN_HTTP_X_REAL_IP, WSI_TOKEN_HTTP_VIA};
	static const char *const others[] = {"forwarded:", "x-forwarded:", "x-forwarded-host:", "x-forwarded-proto:",
		"x-forwarded-port:", "x-forwarded-by:", "forwarded-for:", "x-client-ip:", "x-cluster-client-ip:",
		"x-original-forwarded-for:", "client-ip:", "true-client-ip:", "cf-connecting-ip:", "fastly-client-ip:",
		"ali-cdn-real-ip:", "x-envoy-external-address:"};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (lws_hdr_total_length(wsi, known[i]) > 0)
			return true;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (lws_hdr_custom_length(wsi, others[i], (int)strlen(others[i])) > 0)
			return true;
	return false;
}

/* The last of the addresses is the one the proxy wrote itself; those before it are hearsay. */
void
handshake_peer(const struct web *web, struct lws *wsi, char *out, size_t room)
{
	char chain[HEADER_MAX], *last;

	lws_get_peer_simple(wsi, out, room);
	if (!peer_is_listed(web->options.proxies, out))
		return;
	if (lws_hdr_copy(wsi, chain, sizeof(chain), WSI_TOKEN_X_FORWARDED_FOR) <= 0)
		return;
	last = strrchr(chain, ',');
	last = last ? last + 1 : chain;
	last += strspn(last, " ");
	lws_strncpy(out, last, room);
}

bool
handshake_is_over_budget(struct web *web, struct lws *wsi)
{
	char peer[INET6_ADDRSTRLEN];

	handshake_peer(web, wsi, peer, sizeof(peer));
	return budgets_take(web->options.addresses, peer_key(peer), 1, clock_mono_us()) > 0;
}

/* RFC 6455, 4.2.1: a key of 16 bytes in base64, and version 13. */
static bool
is_handshake(struct lws *wsi)
{
	return lws_hdr_total_length(wsi, WSI_TOKEN_KEY) == 24 && handshake_lists(wsi, WSI_TOKEN_VERSION, "13");
}

static struct text
header(struct lws *wsi, enum lws_token_indexes name, char value[HEADER_MAX])
{
	int len = lws_hdr_copy(wsi, value, HEADER_MAX, name);

	return (struct text){value, len > 0 ? (size_t)len : 0};
}

/* What is no browser sends no origin and needs none: WeChat's runtime, gridctl. */
static bool
is_of_good_origin(const struct web *web, struct lws *wsi)
{
	char origin[HEADER_MAX], host[HEADER_MAX];

	if (lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) == 0)
		return true;
	return origin_is_allowed(header(wsi, WSI_TOKEN_ORIGIN, origin), header(wsi, WSI_TOKEN_HOST, host),
		web->options.origins, web->options.dev);
}

static int
refuse(struct lws *wsi, uint64_t *counter, unsigned status, const char *reason)
{
	++*counter;
	return lws_return_http_status(wsi, status, reason) < 0 ? -1 : 1;
}

int
handshake_check(struct web *web, struct lws *wsi, const char *to)
{
	struct web_counters *counters = &web->counters;

	if (strcasecmp(to, "websocket") != 0)
		return -1;
	if (handshake_is_over_budget(web, wsi))
		return refuse(wsi, &counters->refused_budget, TOO_MANY, "too many connections from your address");
	if (!is_handshake(wsi))
		return refuse(wsi, &counters->refused_malformed, HTTP_STATUS_BAD_REQUEST,
			"not a handshake of WebSocket version 13");
	if (web->options.dev && handshake_is_forwarded(wsi))
		return refuse(wsi, &counters->refused_forwarded, HTTP_STATUS_FORBIDDEN,
			"a hub started with --dev takes nothing from a proxy");
	if (!is_of_good_origin(web, wsi))
		return refuse(
			wsi, &counters->refused_origin, HTTP_STATUS_FORBIDDEN, "pages of that origin may not connect");
	if (!handshake_lists(wsi, WSI_TOKEN_PROTOCOL, WEB_SUBPROTOCOL))
		return refuse(wsi, &counters->refused_subprotocol, HTTP_STATUS_BAD_REQUEST,
			"offer the subprotocol " WEB_SUBPROTOCOL);
	if (web->session_count >= web->options.max_sessions)
		return refuse(wsi, &counters->refused_full, HTTP_STATUS_SERVICE_UNAVAILABLE,
			"as many sessions as this hub takes");
	return 0;
}
