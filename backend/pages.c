#include "pages.h"

#include "audit.h"
#include "content.h"
#include "tell.h"

/* Counters in Prometheus' text format, version 0.0.4. */

static void
gauge(struct buf *out, const char *name, uint64_t value)
{
	buf_printf(out, "# TYPE gridhub_%s gauge\ngridhub_%s %llu\n", name, name, (unsigned long long)value);
}

static void
counter(struct buf *out, const char *name, uint64_t value)
{
	buf_printf(out, "# TYPE gridhub_%s counter\ngridhub_%s %llu\n", name, name, (unsigned long long)value);
}

static void
write_sessions(struct buf *out, const struct web *web)
{
	const struct web_counters *counters = web_counters(web);

	gauge(out, "sessions", web_session_count(web));
	gauge(out, "handshakes", web_handshake_count(web));
	counter(out, "sessions_opened_total", counters->opened);
	buf_printf(out, "# TYPE gridhub_sessions_closed_total counter\n");
	for (enum close_reason reason = OPEN_SESSION + 1; reason < CLOSE_REASONS; reason++)
		buf_printf(out, "gridhub_sessions_closed_total{reason=\"%s\"} %llu\n", close_name(reason),
			(unsigned long long)counters->closed[reason]);
	buf_printf(out, "# TYPE gridhub_handshakes_refused_total counter\n");
	buf_printf(out,
		"gridhub_handshakes_refused_total{reason=\"malformed\"} %llu\n"
		"gridhub_handshakes_refused_total{reason=\"subprotocol\"} %llu\n"
		"gridhub_handshakes_refused_total{reason=\"forwarded\"} %llu\n"
		"gridhub_handshakes_refused_total{reason=\"origin\"} %llu\n"
		"gridhub_handshakes_refused_total{reason=\"full\"} %llu\n"
		"gridhub_handshakes_refused_total{reason=\"budget\"} %llu\n",
		(unsigned long long)counters->refused_malformed, (unsigned long long)counters->refused_subprotocol,
		(unsigned long long)counters->refused_forwarded, (unsigned long long)counters->refused_origin,
		(unsigned long long)counters->refused_full, (unsigned long long)counters->refused_budget);
	counter(out, "pages_total", counters->pages);
	counter(out, "pages_refused_total", counters->pages_refused);
	gauge(out, "pages_slow", web_transfer_count(web));
	counter(out, "frames_in_total", counters->frames_in);
	counter(out, "bytes_in_total", counters->bytes_in);
	counter(out, "frames_out_total", counters->frames_out);
	counter(out, "bytes_out_total", counters->bytes_out);
}

static void
write_wechat(struct buf *out, const struct wechat *wechat)
{
	static const char *const outcomes[] = {[WECHAT_DONE] = "done",
		[WECHAT_REFUSED] = "refused",
		[WECHAT_NOT_DONE] = "not_done",
		[WECHAT_UNKNOWN] = "unknown"};
	struct wechat_counters counters = wechat_counters(wechat);

	counter(out, "wechat_asked_total", counters.asked);
	buf_printf(out, "# TYPE gridhub_wechat_calls_total counter\n");
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++)
		buf_printf(out, "gridhub_wechat_calls_total{outcome=\"%s\"} %llu\n", outcomes[i],
			(unsigned long long)counters.outcomes[i]);
	counter(out, "wechat_left_alone_total", counters.left_alone);
	gauge(out, "wechat_left_alone", counters.is_left_alone);
}

static void
write_content(struct buf *out, const struct content *content)
{
	struct content_counters counters = content_counters(content);

	counter(out, "content_asked_total", counters.asked);
	counter(out, "content_risky_total", counters.risky);
	counter(out, "content_review_total", counters.review);
	counter(out, "content_unchecked_total", counters.unchecked);
}

static void
write_tell(struct buf *out, const struct tell *tell)
{
	struct tell_counters counters = tell_counters(tell);

	buf_printf(out, "# TYPE gridhub_messages_total counter\n");
	buf_printf(out,
		"gridhub_messages_total{outcome=\"sent\"} %llu\n"
		"gridhub_messages_total{outcome=\"refused\"} %llu\n"
		"gridhub_messages_total{outcome=\"unknown\"} %llu\n"
		"gridhub_messages_total{outcome=\"dropped\"} %llu\n",
		(unsigned long long)counters.sent, (unsigned long long)counters.refused,
		(unsigned long long)counters.unknown, (unsigned long long)counters.dropped);
	gauge(out, "messages_stopped", counters.is_stopped);
}

static void
write_service(struct buf *out, const struct service *service)
{
	const struct service_counters *counters = &service->counters;

	counter(out, "requests_total", counters->requests);
	gauge(out, "requests_under_way", service->request_count);
	buf_printf(out, "# TYPE gridhub_answers_total counter\n");
	for (enum status status = OK; status <= INTERNAL; status++)
		buf_printf(out, "gridhub_answers_total{status=\"%s\"} %llu\n", status_name(status),
			(unsigned long long)counters->answers[status]);
	counter(out, "events_total", counters->events);
	counter(out, "deliveries_total", counters->deliveries);
	gauge(out, "watchers", subs_count(service->subs));
	gauge(out, "redis_commands", store_commands(service->store));
	gauge(out, "feed_fresh", store_is_fresh(service->store));
	gauge(out, "disk_short", service->disk_short);
	gauge(out, "audit_logs_refused", audit_refused_logs(service->audit));
	if (service->wechat) {
		write_wechat(out, service->wechat);
		write_content(out, service->content);
	}
	if (service->tell)
		write_tell(out, service->tell);
	if (!service->loaded)
		return;
	gauge(out, "places", tree_size(service->view->tree));
	gauge(out, "members", HASH_COUNT(service->view->persons));
	gauge(out, "calls_open", service->view->call_count);
}

#define PLAIN "text/plain; charset=utf-8"
#define HTML  "text/html; charset=utf-8"

/* For who follows a link in a browser, of a hub that was started without pages. */
static const char front[] =
	"<!doctype html>\n"
	"<html lang=\"zh-CN\">\n"
	"<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta name=\"robots\" content=\"noindex\">\n"
	"<title>网格先锋队 · Grid Vanguard</title>\n"
	"<h1>网格先锋队</h1>\n"
	"<p>这里是网格先锋队的服务器，运行正常，但没有安装手机网页和大屏；请联系管理员（设置 www），或用命令行工具 "
	"gridctl。</p>\n"
	"<p>收到邀请的人：邀请只能用一次，请妥善保管，不要转发；在电脑上用 gridctl 登录。</p>\n"
	"<div lang=\"en\">\n"
	"<h1>Grid Vanguard</h1>\n"
	"<p>This is a server of Grid Vanguard, up and running, but without its pages for phones and the board: tell "
	"who runs "
	"it (setting www). Until then there is gridctl for the command line.</p>\n"
	"<p>Invited? An invite is good once: keep it to yourself, and log in with gridctl on a computer.</p>\n"
	"</div>\n"
	"</html>\n";

bool
pages_has(const char *path)
{
	static const char *const paths[] = {"/healthz", "/metrics", "/privacy", "/privacy.en"};

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		if (strcmp(path, paths[i]) == 0)
			return true;
	return false;
}

struct page
pages_write(const struct pages_source *source, const char *path, bool local, struct buf *out)
{
	bool healthy = source->service->loaded && store_is_fresh(source->service->store);

	if (strcmp(path, "/") == 0) {
		buf_add(out, front, sizeof(front) - 1);
		return (struct page){200, HTML};
	}
	if (strcmp(path, "/healthz") == 0) {
		buf_printf(out, healthy ? "serving\n" : "not serving\n");
		return (struct page){healthy ? 200 : 503, PLAIN};
	}
	if (strcmp(path, "/privacy") == 0 || strcmp(path, "/privacy.en") == 0) {
		buf_add_text(out, text_of(policy_text(source->policy, strcmp(path, "/privacy.en") == 0)));
		return (struct page){200, PLAIN};
	}
	if (strcmp(path, "/metrics") == 0 && local) {
		write_sessions(out, source->web);
		write_service(out, source->service);
		return (struct page){200, PLAIN};
	}
	buf_printf(out, "nothing here\n");
	return (struct page){404, PLAIN};
}
