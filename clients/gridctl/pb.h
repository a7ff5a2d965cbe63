/* pb.h - protobuf-c's names of the messages, short. */
#ifndef GV_PB_H
#define GV_PB_H

#include "gridvanguard/v1/frame.pb-c.h"

typedef Gridvanguard__V1__Frame Frame;
typedef Gridvanguard__V1__Request Request;
typedef Gridvanguard__V1__Answer Answer;
typedef Gridvanguard__V1__Event Event;
typedef Gridvanguard__V1__Tally Tally;
typedef Gridvanguard__V1__Call Call;
typedef Gridvanguard__V1__Line Line;
typedef Gridvanguard__V1__Slot Slot;
typedef Gridvanguard__V1__Question Question;
typedef Gridvanguard__V1__Place Place;
typedef Gridvanguard__V1__Pulse Pulse;
typedef Gridvanguard__V1__Cursor Cursor;
typedef Gridvanguard__V1__Watch Watch;
typedef Gridvanguard__V1__PlaceWatch PlaceWatch;

/* The members of Request.verb are all pointers to messages: REQUEST(CHAIN_JOIN, &join) is a request of that verb. */
#define REQUEST(VERB, body)                                                              \
	((Request){                                                                      \
		.base = PROTOBUF_C_MESSAGE_INIT(&gridvanguard__v1__request__descriptor), \
		.verb_case = GRIDVANGUARD__V1__REQUEST__VERB_##VERB,                     \
		.login = (void *)(body),                                                 \
	})

#endif
