/* faults.h - what several tests of faults share: looking at a hub from outside, and starting what should not start. */
#ifndef GV_FAULTS_H
#define GV_FAULTS_H

#include <stdbool.h>

#include "world.h"

/* Runs the hub with these flags alone until it ends by itself, which it must in time. */
#define try_hub(...) try_hub_with((const char *const[]){__VA_ARGS__, NULL})
struct ended try_hub_with(const char *const *flags);

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

/* Kills the Redis of the folder; returns its pid. */
pid_t kill_redis(struct world *w);

#endif
