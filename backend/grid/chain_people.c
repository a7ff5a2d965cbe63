#include "chain_people.h"

#include "chain_clean.h"

/* 人, 个人, 位, 名 behind a number. */
static bool
take_unit(struct text *word)
{
	static const char *const units[] = {"个人", "人", "位", "名"};

	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		size_t len = strlen(units[i]);
		if (word->len > len && text_starts(text_from(*word, word->len - len), units[i])) {
			word->len -= len;
			return true;
		}
	}
	return false;
}

#define DIGITS_MAX 6   /* more is no number of people */
#define PEOPLE_MAX 100 /* more are told as that */

/* The number at the end of the word, which is taken off: digits, or one Chinese numeral. 0: none. */
static uint32_t
take_number(struct text *word, bool *han)
{
	uint32_t number = 0, c = char_last(*word);
	size_t digits = 0;

	*han = char_han_number(c) > 0;
	if (*han) {
		word->len -= strlen("一");
		return char_han_number(c);
	}
	while (digits < word->len && char_is_digit((unsigned char)word->data[word->len - 1 - digits]))
		digits++;
	if (digits > DIGITS_MAX)
		return 0;
	for (size_t i = word->len - digits; i < word->len; i++)
		number = number * 10 + (uint32_t)(word->data[i] - '0');
	word->len -= digits;
	return MIN(number, PEOPLE_MAX);
}

uint32_t
people_in(struct text *word, bool *plus)
{
	bool unit = take_unit(word), han;
	uint32_t number = take_number(word, &han), before = char_fold(char_last(*word));
	struct text without = *word;

	*plus = false;
	if (number == 0)
		return 0;
	if (before == '+') {
		word->len -= char_size(char_last(*word));
		*plus = true;
		return MIN(number + 1, PEOPLE_MAX);
	}
	if (!han && char_in(before, "x×✕*")) {
		without.len -= char_size(char_last(*word));
		if (char_is_latin(char_last(without)) || char_last(without) == '*')
			return 0; /* "max2", "王**2" */
		*word = without;
		return number;
	}
	if (!unit || char_in(before, "-~.:到至第") || (han && before != 0 && !char_in(before, "报家共计带来等约")))
		return 0; /* "2-3人", and somebody named 张三人 */
	return number;
}
