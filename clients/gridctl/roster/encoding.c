#include "encoding.h"

#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "macros.h"

/* All of it in UTF-8, on the heap; NULL if it is not in that encoding. */
static char *
convert(struct text bytes, const char *encoding, size_t *len)
{
	iconv_t converter = iconv_open("UTF-8", encoding);
	size_t room = bytes.len * 2 + 16, left = room, in_left = bytes.len;
	char *out = malloc(room), *at = out, *in = UNCONST(bytes.data);
	bool opened = (intptr_t)converter != -1; /* as iconv_open(3) fails */
	bool good = out && opened && iconv(converter, &in, &in_left, &at, &left) != (size_t)-1;

	if (opened)
		iconv_close(converter);
	if (!good || in_left > 0) {
		free(out);
		return NULL;
	}
	*len = room - left;
	return out;
}

static struct text
behind(struct text text, size_t len)
{
	return (struct text){text.data + len, text.len - len};
}

char *
encoding_decode(struct text bytes, size_t *len, const char **encoding)
{
	char *out;

	*encoding = "UTF-8";
	if (bytes.len >= 3 && memcmp(bytes.data, "\xef\xbb\xbf", 3) == 0)
		return convert(behind(bytes, 3), *encoding, len);
	if (bytes.len >= 2 && memcmp(bytes.data, "\xff\xfe", 2) == 0)
		return convert(behind(bytes, 2), *encoding = "UTF-16LE", len);
	if (bytes.len >= 2 && memcmp(bytes.data, "\xfe\xff", 2) == 0)
		return convert(behind(bytes, 2), *encoding = "UTF-16BE", len);
	out = convert(bytes, *encoding, len);
	return out ? out : convert(bytes, *encoding = "GB18030", len);
}
