#include "name.h"

#include <assert.h>

/* Family names of two characters that are met at all often. */
static const char *const compound[] = {"欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐",
	"夏侯", "长孙", "宇文", "端木", "百里", "东方", "南宫", "西门", "独孤", "轩辕", "呼延", "申屠", "太史", "闻人",
	"澹台"};

/* The bytes of the character at the front. */
static size_t
character_len(struct text text)
{
	size_t len = 1;

	while (len < text.len && ((unsigned char)text.data[len] & 0xc0) == 0x80)
		len++;
	return len;
}

static size_t
family_len(struct text name)
{
	for (size_t i = 0; i < ARRAY_LEN(compound); i++)
		if (name.len > strlen(compound[i]) && memcmp(name.data, compound[i], strlen(compound[i])) == 0)
			return strlen(compound[i]);
	return character_len(name);
}

char *
name_mask(char out[NAME_MASKED], struct text name)
{
	size_t len = name.len > 0 ? family_len(name) : 0;

	assert(len + 20 < NAME_MASKED);
	memcpy(out, name.data, len);
	name = (struct text){name.data + len, name.len - len};
	while (name.len > 0 && len + 1 < NAME_MASKED) {
		size_t skip = character_len(name);
		out[len++] = '*';
		name = (struct text){name.data + skip, name.len - skip};
	}
	out[len] = '\0';
	return out;
}
