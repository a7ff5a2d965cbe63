/* page.c - what is answered to who asks for a page, and what the head of every answer says. */
#include <netinet/in.h>
#include <string.h>
#include <time.h>

#include "peer.h"
#include "web_private.h"

/* What a browser is told about all we send, from the last to the first. HSTS is not here: it belongs to who ends TLS
 * (backend/edge). */
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

/* For a file some are others. Scripts and styles come from this host alone, and never in line; pictures also from what the
 * page itself made; the camera reads the code at the door. A page is asked for each time, and comes only if it has changed. */
#define ALLOW_OWN                                                                                                \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " \
	"connect-src 'self' ws: wss:; manifest-src 'self'; " FRAMELESS

static const char *
value_of(size_t header, const struct file *file)
{
	if (file && header == 0)
		return ALLOW_OWN;
	if (file && header == 5)
		return "camera=(self), geolocation=(), microphone=()";
	if (file && header == 6)
		return file->immutable ? "public, max-age=31536000, immutable" : "no-cache";
	return headers[header].value;
}

const struct lws_protocol_vhost_options *
page_headers(void)
{
	return &headers[ARRAY_LEN(headers) - 1];
}

/* RFC 9110, 15, and 429 of RFC 6585. */
static const char *
phrase(unsigned status)
{
	static const struct {
		unsigned status;
		const char *phrase;
	} known[] = {
		{200, "OK"},
		{304, "Not Modified"},
		{308, "Permanent Redirect"},
		{400, "Bad Request"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{429, "Too Many Requests"},
		{503, "Service Unavailable"},
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (known[i].status == status)
			return known[i].phrase;
	return "";
}

static bool
asks_to_close(struct lws *wsi)
{
	return handshake_lists(wsi, WSI_TOKEN_CONNECTION, "close");
}

/* As RFC 9110, 5.6.7 has it; the hub's locale is C. */
static void
add_date(struct buf *head)
{
	time_t now = time(NULL);
	struct tm utc;
	char text[64];

	strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &utc));
	buf_printf(head, "date: %s\r\n", text);
}

/* The head but for its end. */
static void
begin_head(struct buf *head, struct lws *wsi, unsigned status, const struct file *file, bool is_last)
{
	buf_printf(head, "HTTP/1.1 %u %s\r\n", status, phrase(status));
	add_date(head);
	for (size_t i = 0; i < ARRAY_LEN(headers); i++)
		buf_printf(head, "%s %s\r\n", headers[i].name, value_of(i, file));
	if (is_last || asks_to_close(wsi))
		buf_printf(head, "connection: close\r\n");
}

/* Whatever it is, it is short. */
static int
send_text(struct web *web, struct lws *wsi, struct page page, struct text body, const char *more, bool is_last)
{
	struct answer answer = {.is_last = is_last};

	begin_head(&answer.own, wsi, page.status, NULL, is_last);
	buf_printf(&answer.own, "%scontent-type: %s\r\ncontent-length: %zu\r\n\r\n", more, page.type, body.len);
	if (lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) == 0)
		buf_add_text(&answer.own, body);
	return transfer_start(web, wsi, &answer);
}

#define PLAIN "text/plain; charset=utf-8"

static int
refuse(struct web *web, struct lws *wsi, unsigned status, const char *more, const char *why, bool is_last)
{
	return send_text(web, wsi, (struct page){status, PLAIN}, text_of(why), more, is_last);
}

/* "gzip;q=0" says that it is not wanted; "x-gzip" and "*" are asked for by nobody who does not name gzip. */
static bool
takes_gzip(struct lws *wsi)
{
	char value[HEADER_MAX];
	char *rest = value, *item;

	if (lws_hdr_copy(wsi, value, sizeof(value), WSI_TOKEN_HTTP_ACCEPT_ENCODING) <= 0)
		return false;
	while ((item = strsep(&rest, ","))) {
		char *weight = item + strcspn(item, ";");
		item += strspn(item, " \t");
		if (strncasecmp(item, "gzip", 4) == 0 && item + 4 + strspn(item + 4, " \t") == weight)
			return strspn(weight, "; \tqQ=0.") < strlen(weight) || weight[0] == '\0';
	}
	return false;
}

/* Compared weakly (RFC 9110, 13.1.2): who stands between us may have made a strong one of ours. */
static bool
has_it_already(struct lws *wsi, const struct file *file)
{
	return handshake_lists(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, file->etag) ||
	       handshake_lists(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, file->etag + strlen("W/")) ||
	       handshake_lists(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, "*");
}

static int
send_file(struct web *web, struct lws *wsi, const struct file *file)
{
	bool is_compressed = file->gzip.len > 0 && takes_gzip(wsi), is_known = has_it_already(wsi, file);
	struct text body = is_compressed ? file->gzip : file->plain;
	struct answer answer = {0};

	begin_head(&answer.own, wsi, is_known ? 304 : 200, file, false);
	buf_printf(&answer.own, "etag: %s\r\n%s", file->etag, file->gzip.len > 0 ? "vary: accept-encoding\r\n" : "");
	if (!is_known)
		buf_printf(&answer.own, "content-type: %s\r\n%scontent-length: %zu\r\n", file->type,
			is_compressed ? "content-encoding: gzip\r\n" : "", body.len);
	buf_printf(&answer.own, "\r\n");
	if (!is_known && lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) == 0)
		answer.shared = body;
	return transfer_start(web, wsi, &answer);
}

/* "/board" where there is a "/board/": what is named in a page is looked for beside it. */
static bool
is_folder(const struct web *web, const char *path)
{
	char folder[FILE_PATH_MAX + 1];
	int len = snprintf(folder, sizeof(folder), "%s/", path);

	return (size_t)len < sizeof(folder) && files_find(web->options.files, folder);
}

static int
send_redirect(struct web *web, struct lws *wsi, const char *path)
{
	char location[FILE_PATH_MAX + 32];

	snprintf(location, sizeof(location), "location: %s/\r\n", path);
	return refuse(web, wsi, 308, location, "", false);
}

static int
send_page(struct web *web, struct lws *wsi, const char *path, bool is_local)
{
	struct buf text = {0};
	struct page page = web->options.page(path, is_local, &text, web->options.context);
	int result = text.failed ? -1 : send_text(web, wsi, page, buf_text(&text), "", false);

	buf_finish(&text);
	return result;
}

static bool
is_for_reading(struct lws *wsi)
{
	return lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) > 0 || lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) > 0;
}

/* Whatever comes behind the head would be taken for another request. */
static bool
has_body(struct lws *wsi)
{
	char length[HEADER_MAX] = "";

	return lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0 ||
	       (lws_hdr_copy(wsi, length, sizeof(length), WSI_TOKEN_HTTP_CONTENT_LENGTH) != 0 &&
		       strcmp(length, "0") != 0);
}

int
page_send(struct web *web, struct lws *wsi, const char *path)
{
	const struct file *file = files_find(web->options.files, path);
	char peer[INET6_ADDRSTRLEN];
	bool is_local;

	lws_get_peer_simple(wsi, peer, sizeof(peer));
	is_local = peer_is_loopback(peer) && !handshake_is_forwarded(wsi);
	web->counters.pages++;
	if (!is_for_reading(wsi))
		return refuse(web, wsi, 405, "allow: GET, HEAD\r\n", "pages are read, and nothing else\n", true);
	if (has_body(wsi))
		return refuse(web, wsi, 400, "", "a request for a page has no body\n", true);
	/* What looks after the hub on this machine is not counted. */
	if ((file || !is_local) && handshake_is_over_budget(web, wsi)) {
		web->counters.pages_refused++;
		return refuse(web, wsi, 429, "retry-after: 1\r\n", "too much from your address\n", false);
	}
	if (file)
		return send_file(web, wsi, file);
	if (is_folder(web, path))
		return send_redirect(web, wsi, path);
	return send_page(web, wsi, path, is_local);
}
