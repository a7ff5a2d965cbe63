/* page.c - the few pages, and what the head of every answer says. */
#include <netinet/in.h>
#include <string.h>

#include "peer.h"
#include "web_private.h"

#define PAGE_HEAD 2048

/* What a browser is told about all we send, from the last to the first. HSTS is not here: it belongs to who ends TLS
 * (backend/edge). A page that is to have scripts or styles gets them from this host alone, and never in line. */
#define FRAMELESS  "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
#define ALLOW_NONE "default-src 'none'; " FRAMELESS
static const struct lws_protocol_vhost_options headers[] = {
	{NULL, NULL, "content-security-policy:", ALLOW_NONE},
	{&headers[0], NULL, "x-content-type-options:", "nosniff"},
	{&headers[1], NULL, "referrer-policy:", "no-referrer"},
	{&headers[2], NULL, "cross-origin-opener-policy:", "same-origin"},
	{&headers[3], NULL, "cross-origin-resource-policy:", "same-origin"},
	{&headers[4], NULL, "permissions-policy:", "camera=(), geolocation=(), microphone=()"},
	{&headers[5], NULL, "cache-control:", "no-store"},
};

const struct lws_protocol_vhost_options *
page_headers(void)
{
	return &headers[ARRAY_LEN(headers) - 1];
}

int
page_send(struct web *web, struct lws *wsi, const char *path)
{
	uint8_t head[LWS_PRE + PAGE_HEAD], *start = head + LWS_PRE, *at = start, *end = head + sizeof(head);
	char peer[INET6_ADDRSTRLEN];
	struct buf text = {0};
	struct page page;
	bool local, sent;
	size_t body;

	lws_get_peer_simple(wsi, peer, sizeof(peer));
	local = peer_is_loopback(peer) && !handshake_is_forwarded(wsi);
	buf_add(&text, head, LWS_PRE);
	page = web->options.page(path, local, &text, web->options.context);
	body = text.len - LWS_PRE;
	sent = !text.failed && lws_add_http_common_headers(wsi, page.status, page.type, body, &at, end) == 0 &&
	       lws_finalize_write_http_header(wsi, start, &at, end) == 0 &&
	       lws_write(wsi, text.bytes + LWS_PRE, body, LWS_WRITE_HTTP_FINAL) >= 0;
	buf_finish(&text);
	return sent && lws_http_transaction_completed(wsi) == 0 ? 0 : -1;
}
