/* stand_in.h - a WeChat for tests: it answers as WeChat documents it, keeps count, and does on demand what goes wrong.
 * HTTP/1.1, connections are kept. It runs on the loop of the test, on a thread of its own, or in another process.
 *
 * What it knows: a code is good once, unless it begins with "bad"; its openid is "o-" and the code, unless told otherwise; a
 * phone's code gives 13900000000, unless told otherwise. One token at a time is good, "token-1" and so on. A message needs a
 * grant, and values of 1 to 20 characters. A text with "risky" or "review" in it is that. */
#ifndef GV_STAND_IN_H
#define GV_STAND_IN_H

#include <stdbool.h>
#include <sys/types.h>
#include <uv.h>

#define STAND_IN_APPID  "wx0123456789abcdef"
#define STAND_IN_SECRET "5ec2e75ec2e75ec2e75ec2e75ec2e7aa"

#define LOGIN_PATH "/sns/jscode2session"
#define TOKEN_PATH "/cgi-bin/stable_token"
#define PHONE_PATH "/wxa/business/getuserphonenumber"
#define SEND_PATH  "/cgi-bin/message/subscribe/send"
#define IMAGE_PATH "/wxa/getwxacodeunlimit"
#define CHECK_PATH "/wxa/msg_sec_check"

#define STAND_IN_BASE 64

struct stand_in;

enum trouble {
	FINE,
	ERRCODE,    /* `number` is answered */
	SLOW,       /* a good answer after `number` ms */
	SILENT,     /* none, until it is hung up */
	HANG_UP,    /* the request is read, and the connection closed */
	CUT,        /* closed in the middle of the answer */
	CUT_UNSAID, /* the same, of an answer that does not say how long it is */
	GARBAGE,
	HTTP_ERROR, /* a good answer with the status `number` */
	HUGE,       /* an answer that does not end */
	LONG_HEAD,  /* headers that do not end */
	WRONG_TYPE, /* a good answer that says it is something else */
	REDIRECT,   /* to itself */
	FOREIGN,    /* a phone of another mini-program */
};

struct stand_in *stand_in_open(uv_loop_t *loop);

/* The same on a thread of its own, for tests that wait for a hub without running a loop. All that follows may be called
 * from the test meanwhile, but for what gives a text. */
struct stand_in *stand_in_open_beside(void);
void stand_in_close_beside(struct stand_in *stand_in);

/* "http://127.0.0.1:PORT" */
const char *stand_in_base(const struct stand_in *stand_in);

/* The same in a process of its own, after `order` has said what goes wrong there; for tests that look at all memory, and for
 * programs. It goes with the test, or by kill(). */
pid_t stand_in_elsewhere(char base[STAND_IN_BASE], void (*order)(struct stand_in *stand_in));

/* Closes all; done when the loop has run. */
void stand_in_close(struct stand_in *stand_in);

/* The next requests of that path meet these, one each, in this order; or all that follow. */
void stand_in_next(struct stand_in *stand_in, const char *path, enum trouble trouble, int number);
void stand_in_always(struct stand_in *stand_in, const char *path, enum trouble trouble, int number);

/* Whose a code is: the openid behind one of wx.login, the number behind one of a phone. A code that was used is good again. */
void stand_in_code(struct stand_in *stand_in, const char *code, const char *openid);
void stand_in_phone_code(struct stand_in *stand_in, const char *code, const char *number);

/* How often it was asked, and how often with that in the body: stand_in_heard(wechat, SEND_PATH, "o-an"). */
unsigned stand_in_asked(struct stand_in *stand_in, const char *path);
unsigned stand_in_heard(struct stand_in *stand_in, const char *path, const char *part);

/* What came last: the query and the body. */
const char *stand_in_query(const struct stand_in *stand_in);
const char *stand_in_body(const struct stand_in *stand_in);

/* How many connections there were. */
unsigned stand_in_connections(const struct stand_in *stand_in);

/* Makes another token, and the old one bad. */
void stand_in_renew(struct stand_in *stand_in);

/* How many messages may be sent; 1000 at first. */
void stand_in_set_grants(struct stand_in *stand_in, unsigned grants);

/* Whether the country of a phone is a number. */
void stand_in_set_country_number(struct stand_in *stand_in, bool is_number);

#endif
