#include "qr.h"

#include <qrencode.h>
#include <stdio.h>
#include <unistd.h>

#define QUIET 2 /* squares of margin; the standard wants 4, cameras want less */

/* Whether a square is light; so is all around the code. */
static bool
is_light(const QRcode *qr, int x, int y)
{
	if (x < 0 || y < 0 || x >= qr->width || y >= qr->width)
		return true;
	return !(qr->data[y * qr->width + x] & 1);
}

/* Black and white by number: the sixteen colours are whatever the terminal's owner made of them. */
static void
print_row(const QRcode *qr, int y, bool coloured)
{
	static const char *const blocks[] = {" ", "▄", "▀", "█"};

	if (coloured)
		fputs("\033[38;5;231;48;5;16m", stdout);
	for (int x = -QUIET; x < qr->width + QUIET; x++)
		fputs(blocks[is_light(qr, x, y) << 1 | is_light(qr, x, y + 1)], stdout);
	puts(coloured ? "\033[0m" : "");
}

bool
print_qr(const char *text)
{
	QRcode *qr = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	bool coloured = isatty(STDOUT_FILENO);

	if (!qr)
		return false;
	for (int y = -QUIET; y < qr->width + QUIET; y += 2)
		print_row(qr, y, coloured);
	QRcode_free(qr);
	return true;
}
