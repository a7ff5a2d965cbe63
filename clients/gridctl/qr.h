/* qr.h - a QR code on a terminal (libqrencode). */
#ifndef GV_QR_H
#define GV_QR_H

#include <stdbool.h>

#include "macros.h"

/* Prints it on standard output, two rows of squares in one line of half blocks: black on white by colours on a terminal;
 * elsewhere what is light is drawn, as for a dark background. False if the text is too long for one. */
bool print_qr(const char *text) WARN_UNUSED;

#endif
