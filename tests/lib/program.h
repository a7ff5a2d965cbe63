/* program.h - other programs: ours by their names, and any that is started and ends. */
#ifndef GV_PROGRAM_H
#define GV_PROGRAM_H

#include <sys/types.h>

#define PATIENCE_S 20 /* how long a test waits for anything before it fails */

/* What was built, for argv[0]. */
const char *hub_binary(void);
const char *gridctl_binary(void);

/* Starts a program, with all it says going to `output`. It is told to end when the test does, however that ends. */
pid_t spawn(const char *const *argv, int output);

/* What waitpid() gives as one number: the exit status, or 128 and the signal. */
int exit_of(int wait_status);

/* How a program ended, and all it said on the way. */
struct ended {
	int status; /* as exit_of() gives it */
	char said[8192];
};

/* Runs one until it ends by itself, which it must in time. */
struct ended run_program(const char *const *argv);

/* The same with another patience, calling `turn`, if there is one, again and again meanwhile. */
struct ended run_program_beside(
	const char *const *argv, unsigned patience_s, void (*turn)(void *context), void *context);

/* Asserts that it ended so, and that what it said has this in it. */
#define assert_ended(ended, status, part) assert_ended_at((ended), (status), (part), __FILE__, __LINE__)
void assert_ended_at(const struct ended *ended, int status, const char *part, const char *file, int line);

/* A folder of a test's own under TEST_FOLDER, named after what it is for; `room` bytes of path. And it goes, with all that
 * is in it; the test fails if Redis' files in it hold what they must not (secrecy.h). */
void folder_make(char *path, size_t room, const char *name);
void folder_remove(const char *path);

#endif
