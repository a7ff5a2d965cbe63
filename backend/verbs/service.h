/* service.h - what every verb works with. One per hub; the hub makes it and owns what it points at. */
#ifndef GV_SERVICE_H
#define GV_SERVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "budget.h"
#include "frame.h"
#include "store.h"
#include "subs.h"
#include "vault.h"
#include "view.h"
#include "wechat.h"

struct audit;
struct broadcast;
struct eraser;
struct client;
struct content;
struct desks;
struct tell;
struct request;

struct service_counters {
	uint64_t requests;
	uint64_t answers[16]; /* by status */
	uint64_t events;
	uint64_t deliveries; /* pieces pushed to sessions, answers not counted */
};

struct service {
	struct store *store;
	struct vault *vault;   /* there once the view is loaded */
	struct wechat *wechat; /* NULL: nothing is asked of WeChat */
	struct tell *tell;     /* NULL: nobody is told of calls by it */
	struct content *content;
	struct view *view;
	bool loaded; /* the view is complete; until then nobody is served */
	struct subs *subs;
	struct broadcast *broadcast;
	struct eraser *eraser;
	const char *policy; /* the version of the privacy policy */
	struct audit *audit;
	struct frame frame;           /* the one that is open */
	const char *dev_token;        /* NULL: no development login */
	struct desks *desks;          /* that wait to be let in by a phone */
	bool second_factor;           /* is demanded of who holds a role of the desk */
	uint64_t idle_lock_ms;        /* so long nothing asked, and who has shown one is closed; 0: never */
	TAILQ_HEAD(, client) to_lock; /* those, who asked longest ago first */
	struct budgets *persons;      /* what each may ask for, by id_key() */
	struct budgets *addresses;    /* the same of those who are not logged in; web's too */
	uint32_t pulse_ms;
	uint32_t max_requests;  /* under way at once, of all clients */
	uint32_t request_count; /* under way */
	uint32_t message_count; /* of WeChat's, under way */
	uint32_t import_count;  /* batches of an import under way */
	size_t max_outbox;
	bool disk_short; /* writes are held back */
	bool draining;   /* the hub stops: what comes now is left unanswered, and so sent again to the next one */
	SLIST_HEAD(, request) free_requests;
	struct service_counters counters;
};

#endif
