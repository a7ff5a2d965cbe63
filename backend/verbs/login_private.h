/* login_private.h - what the files about logins share: login.c (who comes, and how it ends), login_identity.c (the person
 * behind an identity), login_device.c (the device he comes with), login_factor.c (the code of his second factor). */
#ifndef GV_LOGIN_PRIVATE_H
#define GV_LOGIN_PRIVATE_H

#include "code.h"
#include "reads.h"
#include "request.h"
#include "token.h"
#include "wechat.h"

/* Beside the point that a login takes: in all what a change costs. Nobody guesses 256 bits, and behind one address there
 * may be a whole town. */
#define COST_FAILURE 3

/* An identity is a kind and a name, "dev:an"; it stands in the partition of its own hash, and names a person. */
struct identity {
	uint8_t partition;
	size_t len;
	char text[64];
};

/* A login on its way: who comes, then what is known of him, and last his device, so that nothing fails once a token is
 * used. It is the state of its request. */
struct arrival {
	struct identity identity;   /* of who comes without a token */
	char openid[WECHAT_OPENID]; /* of who comes by WeChat, until it is sealed; "": another way */
	bool is_free;               /* he may do everything */
	size_t device_name_len;     /* a device to be made, or one that came by an invite: its name; 0: none */
	char device_name[160];
	char hash[TOKEN_HASH]; /* of the token he came with; "": none */
	char code[20 * 4 + 1]; /* that came with it; "": none */
	bool code_tried;
	bool is_locked; /* by this try, unless it is good */
	struct proof proof;
	bool is_desk; /* let in by a phone */
	bool passed;  /* a second factor was shown: now, on this device lately, or by who let him in */
	struct place place;
	struct place work;
	char name[20 * 4 + 1];
	char organisation[60 * 4 + 1];
	char phone[PHONE_DIGITS + 1]; /* masked; "": none is bound */
	enum registration registration;
	struct place waits_at;     /* to be registered; none: he does not */
	char consent[20 * 4 + 1];  /* the version of the privacy policy he agreed to; "": none */
	char refusal[100 * 4 + 1]; /* why he was refused */
	uint32_t device;
	char secret[TOKEN_SECRET]; /* of a token that is offered */
	bool is_issued;            /* and to be used from now on */
	uint64_t until_ms;
};

/* The ends of a login: he is in, or not. */
void login_admit(struct request *rq);
void login_refuse(struct request *rq, enum status status, const char *field);
void login_put_off(struct request *rq, const char *field, uint64_t wait_ms); /* BUSY: not before so long */

/* His identity leads to who was erased, and shall not: whoever comes by it next is somebody new. */
void login_forget_identity(struct request *rq);

/* Asks WeChat who has that code, and goes on with login_by_identity(). */
void login_by_wechat(struct request *rq, const struct wechat_login *in);

/* As login_refuse(), where he is not who he says: it costs his address, and after CLIENT_MAX_REJECTED his session. */
void login_reject(struct request *rq, const char *field);

/* Finds the person behind arrival->identity, or makes him, and goes on with login_person(). */
void login_by_identity(struct request *rq);

/* Of rq->person, who is known now: reads what there is about him, and goes on with his device, if he has one. */
void login_person(struct request *rq);

/* The device whose token he came with, or a new one; then login_admit(). */
void login_use_token(struct request *rq);
void login_add_device(struct request *rq);

/* A code is wanted. Tries the one that he typed, if he did, and uses the token again with what came of it; a second time it
 * was not good. */
void login_try_code(struct request *rq);

#endif
