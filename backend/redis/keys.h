/* keys.h - the names of all keys in Redis, without the "{partition}:" in front of each.
 *
 * Formats for fcall_key() and command_key(); a %s takes an id as text. What stands under a key is said at the head of
 * the function file of its noun. */
#ifndef GV_KEYS_H
#define GV_KEYS_H

#define DATA_LAYOUT "1" /* of keys and fields; a hub refuses another one's */

#define KEY_META            "meta"
#define KEY_LOG             "log"
#define KEY_ONCE            "once:%s:%s" /* person, uuid */
#define KEY_AUDIT           "audit"      /* stream: who did what */
#define KEY_PLACES          "places"     /* hash code → name */
#define KEY_IDENTITIES      "identities" /* hash identity → person */
#define KEY_PHONES          "phones"     /* hash of hash of a phone → person */
#define KEY_PERSONS         "persons"    /* set of those registered */
#define KEY_PENDING         "pending"    /* sorted set "place person" of those who wait there */
#define KEY_PERSON          "person:%s"
#define KEY_PERSON_SIGN_UPS "person:%s:signups" /* hash "call number" → sign-up */
#define KEY_PERSON_RECENT   "person:%s:recent"  /* sorted set of the same by time */
#define KEY_PERSON_GRANTS   "person:%s:grants"  /* hash "role place" → grant */
#define KEY_PERSON_DEVICES  "person:%s:devices" /* hash number → device */
#define KEY_PERSON_FACTOR   "person:%s:factor"  /* the second factor */
#define KEY_GRANTED         "granted"           /* set of persons with grants */
#define KEY_RELAY           "relay"             /* hash source partition → how far it was brought */
#define KEY_RELAYER         "relayer"           /* which hub brings */
#define KEY_ROSTER          "roster"            /* hash of a phone → entry */
#define KEY_ROSTER_ORDER    "roster:order"      /* sorted set of "place hash" */
#define KEY_IMPORTED        "imported"          /* hash origin → call */
#define KEY_CALL            "call:%s"
#define KEY_CALL_LINES      "call:%s:lines"     /* hash number → line */
#define KEY_CALL_LIVE       "call:%s:live"      /* hash person → number */
#define KEY_CALL_WAITING    "call:%s:waiting"   /* sorted set of numbers */
#define KEY_CALL_CONFIRMED  "call:%s:confirmed" /* the same */
#define KEY_CALL_OFFERED    "call:%s:offered"   /* the same, of those among the confirmed */
#define KEY_CALL_TALLY \
	"call:%s:tally" /* hash "place state" → people; no hub reads it, it is for who recounts the lines */
#define KEY_CALL_TEXTS "call:%s:texts" /* hash number → name, remark, answers */
#define KEY_TEMPLATES  "templates:%s"  /* of a place: sorted set of names */
#define KEY_TEMPLATE   "template:%s"   /* of a place: hash "name column" → value */
#define KEY_ERASED     "erased"        /* sorted set of persons who were erased, by when */
#define KEY_TELLABLE   "tellable"      /* hash person → messages that may be sent to him */
#define KEY_TOLD       "told:%s"       /* of a call: set of persons of the partition */
#define KEY_WECHAT     "wechat:token"  /* of partition 0: hash of WeChat's access token, sealed */
#define KEY_DESK       "desk:%s"       /* a desk that waits to be let in: hash of its ticket */
#define KEY_DUE        "due"           /* sorted set of what is to be done when */
#define KEY_OPEN       "open"          /* set of open calls */
#define KEY_CALLS      "calls"         /* sorted set of all calls by time */

#endif
