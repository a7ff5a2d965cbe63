/* faults.h - what several tests of faults share: looking at a hub from outside, and starting what should not start. */
#ifndef GV_FAULTS_H
#define GV_FAULTS_H

#include <stdbool.h>

#include "text.h"
#include "world.h"

/* How a program ended, and all it said on the way. */
struct ended {
	int status; /* as run_program() gives it */
	char said[8192];
};

/* Runs the hub with these flags alone until it ends by itself, which it must within WORLD_PATIENCE_S. */
#define try_hub(...) try_hub_with((const char *const[]){__VA_ARGS__, NULL})
struct ended try_hub_with(const char *const *flags);

/* Asserts that it ended so, and that what it said has this in it. */
#define assert_ended(ended, status, part) assert_ended_at((ended), (status), (part), __FILE__, __LINE__)
void assert_ended_at(const struct ended *ended, int status, const char *part, const char *file, int line);

/* The token of the development login. */
void read_token(const struct world *w, char token[80]);

/* A file of the folder is there. */
bool has_file(const struct world *w, const char *name);

/* How often a file of the folder has this in it. */
size_t count_in_file(const struct world *w, const char *name, const char *part);

/* How often the hub has logged this. */
#define count_in_log(w, part) count_in_file((w), "hub.log", (part))

/* Processes that run in the folder: its Redis does, the hub does not. */
unsigned processes_in(const struct world *w);

/* Nobody holds the lock of that name in the folder. */
bool is_lock_free(const struct world *w, const char *name);

/* Resident memory of a process, in kB, and its open descriptors. */
uint64_t resident_kb(pid_t pid);
unsigned descriptors_of(pid_t pid);

/* Everybody leaves: after a restart of the hub its token is another one, and who comes back with the old one is refused.
 * person() then makes them anew. */
void people_go(struct world *w);

/* Kills the Redis of the folder; returns its pid. */
pid_t kill_redis(struct world *w);

/* A Redis of somebody else's. */
struct other_redis {
	struct world *w; /* in whose folder it lies */
	pid_t pid;
	unsigned port;
	char url[64];       /* redis://… without a password */
	char unix_url[192]; /* unix:/… */
};

/* Starts one that keeps what it is given, with these flags of redis-server beside, and waits until it answers. */
#define other_redis_start(redis, w, ...) other_redis_start_with((redis), (w), (const char *const[]){__VA_ARGS__, NULL})
void other_redis_start_with(struct other_redis *redis, struct world *w, const char *const *flags);
void other_redis_stop(struct other_redis *redis);

/* One command to it in a database, in the manner of hiredis' redisCommand(); its answer as a number, or -1 if it is none. */
long long other_redis_do(const struct other_redis *redis, unsigned database, const char *command, ...);

#endif
