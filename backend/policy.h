/* policy.h - the privacy policy that people agree to: what is kept of them, what for, how long, and their rights.
 *
 * The text is that of the setting policy-file, in whatever languages it is written, or else ours, in Chinese at /privacy and in
 * English at /privacy.en. Its version is the first 8 hexadecimal digits of the BLAKE2b of what is shown at /privacy: another
 * text is another version, to which everybody is asked to agree again. */
#ifndef GV_POLICY_H
#define GV_POLICY_H

#include <stdbool.h>

#include "macros.h"

#define POLICY_VERSION 9 /* with a NUL */

struct policy {
	char *text; /* NULL: ours */
	char version[POLICY_VERSION];
};

/* False, with the reason on standard error, if the file ("": none) cannot be read, is empty or above 64 kB, or no UTF-8. */
bool policy_open(struct policy *policy, const char *file) WARN_UNUSED;
void policy_close(struct policy *policy);

/* What is shown; the one in English is the same where there is a file. */
const char *policy_text(const struct policy *policy, bool english);

#endif
