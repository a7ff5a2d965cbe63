/* www.h - which folder the pages are in that people hold in their hands, and their reading. */
#ifndef GV_WWW_H
#define GV_WWW_H

#include "files.h"

/* Reads the folder that is set; "none": no pages. "": `www` beside the program if there is one, as in a folder where it was
 * built, else where it was installed, else no pages. *files is NULL where there are none. False, with the reason on standard
 * error, if those there are cannot be served. */
bool www_open(const char *set, struct files **files) WARN_UNUSED;

#endif
