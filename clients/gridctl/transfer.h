/* transfer.h - records of a place as a file that goes from one system to another: JSON Lines.
 *
 * One object a line, with a `kind`; the fields of a record are those of the proto, by their names, so what is derived
 * (counts) is in it too: the lines of a call must add up to it. In this order:
 *
 *   header   format (1), place, made_ms
 *   place    Place: the place, all above it and under it, each behind the one above it
 *   person   Member, and `identity`; in front of the call that names him first. `place` is empty: not registered there;
 *            `kind` is member or volunteer, and may be missing as `work` may. Who was erased has `identity` "erased:…"
 *   call     Call, and `origin`: what names it wherever it goes
 *   line     Line, of the call in front of it, from number 1 on
 *   end      places, persons, calls, lines: how many there were
 *
 * Ids are those of the system it was made in. */
#ifndef GV_TRANSFER_H
#define GV_TRANSFER_H

#define TRANSFER_FORMAT 1

/* "15.9007199254740991@9007199254740991" */
#define ORIGIN_TEXT 48

#endif
