#include "roll.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "lang.h"

#define CELL_BYTES 400 /* more than any field may have */

/* Texts. */

/* The bytes of the blank at the front, of any width; 0 if there is none. */
static size_t
blank_len(struct text text)
{
	static const char *const blanks[] = {
		" ", "\t", "\n", "\r", "\xc2\xa0", "\xe3\x80\x80", "\xe2\x80\x8b", "\xef\xbb\xbf"};

	for (size_t i = 0; i < ARRAY_LEN(blanks); i++) {
		size_t len = strlen(blanks[i]);
		if (text.len >= len && memcmp(text.data, blanks[i], len) == 0)
			return len;
	}
	return 0;
}

static struct text
without_front(struct text text, size_t len)
{
	return (struct text){text.data + len, text.len - len};
}

/* A text with single blanks within and none around; between characters that are not Latin none at all, as in "王　芳". */
static char *
tidy(struct text text)
{
	char *out = malloc(text.len + 1);
	size_t len = 0;
	bool blank = false;

	while (out && text.len > 0) {
		size_t skip = blank_len(text);
		if (skip == 0) {
			bool latin = (text.data[0] & 0x80) == 0 && len > 0 && (out[len - 1] & 0x80) == 0;
			if (blank && latin)
				out[len++] = ' ';
			out[len++] = text.data[0];
		}
		blank = skip > 0;
		text = without_front(text, skip ? skip : 1);
	}
	if (out)
		out[len] = '\0';
	return out;
}

/* The bytes that end what an opening bracket in front begins; 0 if there is no bracket. */
static size_t
bracket_len(struct text text)
{
	static const char *const pairs[][2] = {{"(", ")"}, {"（", "）"}, {"[", "]"}, {"【", "】"}};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		const char *end;
		if (text.len < strlen(pairs[i][0]) || memcmp(text.data, pairs[i][0], strlen(pairs[i][0])) != 0)
			continue;
		end = memmem(text.data, text.len, pairs[i][1], strlen(pairs[i][1]));
		return end ? (size_t)(end - text.data) + strlen(pairs[i][1]) : text.len;
	}
	return 0;
}

/* A title without what does not matter: "* 手机 号码（必填）：" is 手机号码. */
static void
plain_title(char out[64], struct text title)
{
	size_t len = 0;

	while (title.len > 0 && len < 63) {
		size_t skip = blank_len(title);
		skip = skip ? skip : bracket_len(title);
		if (skip == 0 && title.len >= 3 && memcmp(title.data, "：", 3) == 0)
			skip = 3;
		if (skip == 0 && strchr("*:_-.", title.data[0]))
			skip = 1;
		if (skip == 0)
			out[len++] = (char)tolower((unsigned char)title.data[0]);
		title = without_front(title, skip ? skip : 1);
	}
	out[len] = '\0';
}

/* The header. */

/* Titles, the better first: where two columns are both of a kind, the better title is taken. */
static const char *const name_titles[] = {"姓名", "党员姓名", "成员姓名", "名字", "党员", "name", "fullname", NULL};
static const char *const phone_titles[] = {"手机号码", "手机号", "手机", "移动电话", "本人手机", "本人手机号",
	"联系手机", "手机电话", "联系电话", "联系方式", "电话号码", "电话", "mobile", "mobilephone", "phone",
	"phonenumber", "telephone", "tel", NULL};
static const char *const organisation_titles[] = {"所在党支部", "所属党支部", "党支部", "党支部名称", "所在支部",
	"所属支部", "支部", "支部名称", "所在党组织", "所属党组织", "党组织", "党组织名称", "所在组织", "所属组织",
	"组织", "工作单位", "所在单位", "单位", "单位名称", "branch", "partybranch", "organisation", "organization",
	"unit", "employer", NULL};
static const char *const identity_titles[] = {"身份证", "身份证号", "身份证号码", "居民身份证号", "居民身份证号码",
	"公民身份号码", "公民身份证号", "证件号", "证件号码", "idcard", "idnumber", "idno", "identitycard",
	"identitynumber", NULL};
/* Parts of a place, which together are a path; or, where there are none of these, one column with all of it. */
static const char *const part_titles[] = {"省", "市", "区", "县", "区县", "县区", "城区", "街道", "乡镇", "街道乡镇",
	"镇街", "社区", "所在社区", "居住社区", "所属社区", "社区村", "村", "网格", "所在网格", "所属网格", "居住网格",
	"网格名称", "楼栋", "楼栋组", "district", "street", "community", "grid", "building", NULL};
static const char *const whole_titles[] = {"地点代码", "区划代码", "网格代码", "网格编码", "居住地", "现居住地",
	"居住地址", "现居住地址", "家庭住址", "家庭地址", "住址", "地址", "小区", "所在小区", "居住小区", "地点",
	"place", "placecode", "code", "address", "home", NULL};

/* The rank of a title in a list; -1 if it is not there. */
static int
rank(const char *title, const char *const *titles)
{
	for (int i = 0; titles[i]; i++)
		if (strcmp(titles[i], title) == 0)
			return i;
	return -1;
}

static void
set_column(struct roll_column *column, unsigned number, struct text title)
{
	char *tidied = tidy(title);

	column->column = (int)number;
	snprintf(column->title, sizeof(column->title), "%s", tidied ? tidied : "");
	free(tidied);
}

/* The column with the best title of the list. */
static void
find_column(struct roll_column *column, const struct table_row *row, const char *const *titles)
{
	int best = -1;

	*column = (struct roll_column){.column = -1};
	for (unsigned i = 0; i < row->count; i++) {
		char title[64];
		int is;
		plain_title(title, row->cells[i]);
		is = rank(title, titles);
		if (is < 0 || (best >= 0 && is >= best))
			continue;
		best = is;
		set_column(column, i, row->cells[i]);
	}
}

static void
find_places(struct roll *roll, const struct table_row *row)
{
	roll->place_count = 0;
	for (unsigned i = 0; i < row->count && roll->place_count < ROLL_PLACES_MAX; i++) {
		char title[64];
		plain_title(title, row->cells[i]);
		if (rank(title, part_titles) >= 0)
			set_column(&roll->places[roll->place_count++], i, row->cells[i]);
	}
	if (roll->place_count > 0)
		return;
	find_column(&roll->places[0], row, whole_titles);
	roll->place_count = roll->places[0].column >= 0;
}

static void
look_for_header(struct roll *roll, const struct table_row *row)
{
	if (++roll->looked_at > ROLL_HEADER_ROWS)
		return;
	find_column(&roll->name, row, name_titles);
	find_column(&roll->phone, row, phone_titles);
	if (roll->name.column < 0 || roll->phone.column < 0)
		return;
	find_column(&roll->organisation, row, organisation_titles);
	find_column(&roll->identity, row, identity_titles);
	find_places(roll, row);
	roll->header_line = row->line;
}

/* Rows. */

static struct text
cell_of(const struct table_row *row, const struct roll_column *column)
{
	if (column->column < 0 || (unsigned)column->column >= row->count)
		return TEXT("");
	return row->cells[column->column];
}

static bool
is_blank(struct text text)
{
	size_t skip;

	while (text.len > 0 && (skip = blank_len(text)) > 0)
		text = without_front(text, skip);
	return text.len == 0;
}

static bool
is_day(const char *digits)
{
	int year = 0, month = (digits[4] - '0') * 10 + digits[5] - '0', day = (digits[6] - '0') * 10 + digits[7] - '0';

	for (int i = 0; i < 4; i++)
		year = year * 10 + digits[i] - '0';
	return year >= 1900 && year <= 2099 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool
roll_is_identity(struct text text)
{
	static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	static const char checks[] = "10X98765432";
	int sum = 0;

	if (text.len != 18)
		return false;
	for (int i = 0; i < 17; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		sum += (text.data[i] - '0') * weights[i];
	}
	return is_day(text.data + 6) && toupper((unsigned char)text.data[17]) == checks[sum % 11];
}

/* As a spreadsheet shows a long number in a narrow column: 1.38E+10. */
static bool
is_cut_number(const char *text)
{
	size_t digits = strspn(text, "0123456789.");

	return digits > 0 && (text[digits] == 'E' || text[digits] == 'e') &&
	       strspn(text + digits + 1, "+0123456789") > 0;
}

/* More than one number in a cell, with something between. */
static bool
has_two_phones(const char *text)
{
	static const char *const separators[] = {"/", "、", ",", ";", "，", "；", "|"};
	struct phone phone;

	for (size_t i = 0; i < ARRAY_LEN(separators); i++) {
		const char *at = strstr(text, separators[i]);
		if (at && phone_parse(&phone, (struct text){text, (size_t)(at - text)}) &&
			phone_parse(&phone, text_of(at + strlen(separators[i]))))
			return true;
	}
	return false;
}

static void
judge(struct roll_row *row, enum roll_verdict verdict, const char *reason)
{
	row->verdict = verdict;
	row->reason = reason;
}

/* "13800000000.0", as programs write a number that they take for a measure. */
static struct text
without_point(const char *text)
{
	size_t len = strlen(text);

	return (struct text){text, len > 2 && strcmp(text + len - 2, ".0") == 0 ? len - 2 : len};
}

static void
read_phone(struct roll_row *row, const char *text)
{
	if (text[0] == '\0')
		return judge(row, ROLL_REFUSED, T("no phone", "没有手机号"));
	if (roll_is_identity(text_of(text)))
		return judge(row, ROLL_REFUSED,
			T("an identity-card number where the phone should be; it is not read",
				"手机号处是身份证号，未读取"));
	if (phone_parse(&row->phone, without_point(text)))
		return;
	if (is_cut_number(text))
		return judge(row, ROLL_REFUSED,
			T("the spreadsheet has cut the phone (as 1.38E+10): make its column one of texts and fill it "
			  "anew",
				"手机号已被表格截断（如 1.38E+10）：请把该列设为文本后重新填写"));
	if (has_two_phones(text))
		return judge(row, ROLL_DOUBTFUL, T("two phones in one cell", "一格里有两个手机号"));
	judge(row, ROLL_REFUSED, T("not a mobile number of 11 digits", "不是 11 位手机号"));
}

/* The places' cells with slashes between, without those that are empty. A code in one of them is all there is to say. */
static char *
join_places(const struct roll *roll, const struct table_row *row)
{
	struct buf path = {0};
	size_t len;
	char *joined;

	for (unsigned i = 0; i < roll->place_count; i++) {
		struct place place;
		char *part = tidy(cell_of(row, &roll->places[i]));
		if (part && place_parse(&place, text_of(part))) {
			buf_finish(&path);
			return part;
		}
		if (part && part[0])
			buf_printf(&path, "%s%s", path.len ? "/" : "", part);
		free(part);
	}
	joined = buf_take(&path, &len);
	return joined ? joined : strdup("");
}

static bool
is_too_long(const struct roll *roll, const struct table_row *row)
{
	size_t places = 0;

	for (unsigned i = 0; i < roll->place_count; i++)
		places += cell_of(row, &roll->places[i]).len;
	return cell_of(row, &roll->name).len > CELL_BYTES || cell_of(row, &roll->phone).len > CELL_BYTES ||
	       cell_of(row, &roll->organisation).len > CELL_BYTES || places > CELL_BYTES;
}

static void
read_row(const struct roll *roll, const struct table_row *in, struct roll_row *row)
{
	char *phone;

	if (is_too_long(roll, in)) {
		row->name = strdup("");
		row->organisation = strdup("");
		row->where = strdup("");
		judge(row, ROLL_REFUSED, T("a cell much longer than what should be in it", "单元格内容过长"));
		return;
	}
	row->name = tidy(cell_of(in, &roll->name));
	row->organisation = tidy(cell_of(in, &roll->organisation));
	row->where = join_places(roll, in);
	phone = tidy(cell_of(in, &roll->phone));
	if (phone) {
		read_phone(row, phone);
		explicit_bzero(phone, strlen(phone));
	}
	free(phone);
	if (row->verdict == ROLL_GOOD && row->name && row->name[0] == '\0')
		judge(row, ROLL_REFUSED, T("no name", "没有姓名"));
	if (row->name && roll_is_identity(text_of(row->name))) {
		explicit_bzero(row->name, strlen(row->name));
		judge(row, ROLL_REFUSED,
			T("an identity-card number where the name should be; it is not read",
				"姓名处是身份证号，未读取"));
	}
}

static bool
make_room(struct roll *roll)
{
	size_t room = roll->room ? roll->room * 2 : 4096;
	struct roll_row *rows;

	if (roll->count < roll->room)
		return true;
	if (roll->count >= ROLL_ROWS_MAX)
		return false;
	rows = realloc(roll->rows, room * sizeof(*rows));
	if (!rows)
		return false;
	roll->rows = rows;
	roll->room = room;
	return true;
}

void
roll_take(const struct table_row *row, void *context)
{
	struct roll *roll = context;
	struct roll_row *made;

	if (roll->header_line == 0)
		return look_for_header(roll, row);
	if (is_blank(cell_of(row, &roll->name)) && is_blank(cell_of(row, &roll->phone)))
		return;
	if (!make_room(roll)) {
		roll->full = true;
		return;
	}
	made = &roll->rows[roll->count++];
	*made = (struct roll_row){.line = row->line};
	read_row(roll, row, made);
	if (made->name && made->organisation && made->where)
		return;
	judge(made, ROLL_REFUSED, T("no memory", "内存不足"));
}

void
roll_finish(struct roll *roll)
{
	for (size_t i = 0; i < roll->count; i++) {
		free(roll->rows[i].name);
		free(roll->rows[i].organisation);
		free(roll->rows[i].where);
	}
	if (roll->rows)
		explicit_bzero(roll->rows, roll->room * sizeof(*roll->rows));
	free(roll->rows);
	*roll = (struct roll){0};
}

/* Twins. */

static int
by_phone(const void *a, const void *b)
{
	const struct roll_row *x = *(const struct roll_row *const *)a, *y = *(const struct roll_row *const *)b;
	int order = strcmp(x->phone.digits, y->phone.digits);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

static void
note_twin(struct roll_row *row, const struct roll_row *other)
{
	judge(row, ROLL_DOUBTFUL, T("the same phone stands in another line", "与另一行手机号相同"));
	row->other = other->line;
}

void
roll_find_twins(struct roll *roll)
{
	struct roll_row **rows = calloc(roll->count + 1, sizeof(*rows));
	size_t count = 0;

	for (size_t i = 0; rows && i < roll->count; i++)
		if (roll->rows[i].phone.digits[0])
			rows[count++] = &roll->rows[i];
	if (count > 0)
		qsort(rows, count, sizeof(*rows), by_phone);
	for (size_t i = 1; i < count; i++) {
		if (strcmp(rows[i]->phone.digits, rows[i - 1]->phone.digits) != 0)
			continue;
		if (rows[i - 1]->other == 0)
			note_twin(rows[i - 1], rows[i]);
		note_twin(rows[i], rows[i - 1]);
	}
	free(rows);
}
