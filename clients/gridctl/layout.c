/* layout.c - grids and building groups below the communities of a CSV, for trials.
 *
 * Official codes end at the community; below it every city numbers its own. This lays out a plausible city from a seed:
 * every community gets one grid, and the others fall by chance, as many in each of the places named as is known of them.
 * The same seed gives the same city, byte for byte. */
#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "place.h"
#include "random.h"
#include "tool.h"

#define GRIDS_MAX 999 /* three digits */
#define FIXED_MAX 32

struct community {
	struct place place;
	char *name;
	uint32_t grids;
	int fixed; /* the place whose number of grids it shares; -1: the rest of the map */
};

struct layout {
	struct community *communities;
	size_t count, room;
	/* The header's columns, and the row being read. */
	int code_column, name_column;
	unsigned column;
	bool is_header;
	char *code, *name;
};

static void
on_field(void *field, size_t len, void *context)
{
	struct layout *layout = context;
	struct text text = {field, len};

	if (layout->is_header && text_equal(text, TEXT("code")))
		layout->code_column = (int)layout->column;
	else if (layout->is_header && text_equal(text, TEXT("name")))
		layout->name_column = (int)layout->column;
	else if ((int)layout->column == layout->code_column)
		layout->code = text_dup(text);
	else if ((int)layout->column == layout->name_column)
		layout->name = text_dup(text);
	layout->column++;
}

/* "西吴社区居委会" is the committee; the place is 西吴社区. */
static void
cut_committee(char *name)
{
	static const char *const endings[] = {"居民委员会", "村民委员会", "居委会", "村委会"};
	size_t len = strlen(name);

	for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
		size_t ending = strlen(endings[i]);
		if (len <= ending || strcmp(name + len - ending, endings[i]) != 0)
			continue;
		name[len - ending] = '\0';
		return;
	}
}

static void
on_row(int c, void *context)
{
	struct layout *layout = context;
	struct place place;

	(void)c;
	if (!layout->is_header && layout->code && layout->name && place_parse(&place, text_of(layout->code)) &&
		place_level(place) == COMMUNITY) {
		if (layout->count == layout->room) {
			layout->room = layout->room ? layout->room * 2 : 1024;
			layout->communities = realloc(layout->communities, layout->room * sizeof(*layout->communities));
		}
		cut_committee(layout->name);
		layout->communities[layout->count++] = (struct community){place, layout->name, 0, -1};
		layout->name = NULL;
	}
	free(layout->code);
	free(layout->name);
	layout->code = layout->name = NULL;
	layout->is_header = false;
	layout->column = 0;
}

static int
by_place(const void *a, const void *b)
{
	return place_compare(((const struct community *)a)->place, ((const struct community *)b)->place);
}

static bool
read_communities(struct layout *layout, const char *path)
{
	FILE *file = fopen(path, "r");
	struct csv_parser parser;
	char bytes[65536];
	size_t len;

	if (!file)
		return false;
	layout->is_header = true;
	layout->code_column = layout->name_column = -1;
	csv_init(&parser, CSV_APPEND_NULL);
	while ((len = fread(bytes, 1, sizeof(bytes), file)) > 0)
		csv_parse(&parser, bytes, len, on_field, on_row, layout);
	csv_fini(&parser, on_field, on_row, layout);
	csv_free(&parser);
	fclose(file);
	if (layout->count == 0)
		return false;
	qsort(layout->communities, layout->count, sizeof(*layout->communities), by_place);
	return true;
}

/* One grid for each community of the share, the others by chance. False if that does not come out. */
static bool
deal_grids(struct layout *layout, int fixed, uint64_t grids, struct rng *rng)
{
	struct community **share = calloc(layout->count, sizeof(*share));
	uint32_t count = 0;

	for (size_t i = 0; i < layout->count; i++)
		if (layout->communities[i].fixed == fixed)
			share[count++] = &layout->communities[i];
	if (grids < count || grids > (uint64_t)count * GRIDS_MAX) {
		free(share);
		return false;
	}
	for (uint32_t i = 0; i < count; i++)
		share[i]->grids = 1;
	for (uint64_t left = grids - count; left > 0;) {
		struct community *lucky = share[rng_below(rng, count)];
		if (lucky->grids == GRIDS_MAX)
			continue;
		lucky->grids++;
		left--;
	}
	free(share);
	return true;
}

/* "--fixed 140107=762": the communities there share 762 grids. */
static bool
deal_fixed(struct layout *layout, int number, const char *value, uint64_t *dealt, struct rng *rng)
{
	struct text count = text_of(value), code = text_cut(&count, '=');
	struct place place;
	uint64_t grids;

	if (!place_parse(&place, code) || !text_to_u64(&grids, count, UINT32_MAX))
		return false;
	for (size_t i = 0; i < layout->count; i++) {
		struct community *community = &layout->communities[i];
		if (!place_covers(place, community->place))
			continue;
		if (community->fixed >= 0)
			return false; /* two shares overlap */
		community->fixed = number;
	}
	*dealt += grids;
	return deal_grids(layout, number, grids, rng);
}

static bool
deal_all(struct layout *layout, const struct args *args, uint64_t grids, struct rng *rng)
{
	uint64_t dealt = 0;
	int number = 0;

	for (unsigned i = 0; i < args->flag_count; i++) {
		if (strcmp(args->flags[i].flag->name, "fixed") != 0)
			continue;
		if (number == FIXED_MAX || !deal_fixed(layout, number++, args->flags[i].value, &dealt, rng))
			return false;
	}
	return dealt <= grids && deal_grids(layout, -1, grids - dealt, rng);
}

static void
print_community(const struct community *community, uint32_t buildings_max, struct rng *rng)
{
	char code[PLACE_TEXT];

	place_print(code, community->place);
	for (uint32_t grid = 1; grid <= community->grids; grid++) {
		uint32_t buildings = 1 + rng_below(rng, buildings_max);
		printf("%s%03u,\"%s第%u网格\",%s\n", code, grid, community->name, grid, code);
		for (uint32_t building = 1; building <= buildings; building++)
			printf("%s%03u%03u,\"%s第%u网格%u号楼组\",%s%03u\n", code, grid, building, community->name,
				grid, building, code, grid);
	}
}

int
run_place_layout(struct tool *tool)
{
	struct layout layout = {0};
	uint64_t seed, grids, buildings;
	struct rng rng;
	int status = EXIT_DONE;

	if (!args_number(&tool->args, "seed", 412, 0, UINT32_MAX, &seed) ||
		!args_number(&tool->args, "buildings", 4, 1, 99, &buildings))
		return EXIT_USAGE;
	rng.state = seed;
	errno = 0;
	if (!read_communities(&layout, tool->args.words[0])) {
		fprintf(stderr, T("gridctl: %s: %s\n", "gridctl: %s：%s\n"), tool->args.words[0],
			errno ? error_words(errno) : T("no communities in it", "其中没有社区"));
		status = EXIT_LOCAL;
	} else if (!args_number(&tool->args, "grids", layout.count * 4, 1, UINT32_MAX, &grids)) {
		status = EXIT_USAGE;
	} else if (!deal_all(&layout, &tool->args, grids, &rng)) {
		fprintf(stderr, "gridctl: %s\n",
			T("the grids cannot be dealt out so: each community has 1 to 999, and fixed places must not "
			  "overlap",
				"网格无法这样分配：每个社区 1 到 999 个，且固定的地点不得重叠"));
		status = EXIT_USAGE;
	} else {
		puts("code,name,parentCode");
		for (size_t i = 0; i < layout.count; i++)
			print_community(&layout.communities[i], (uint32_t)buildings, &rng);
	}
	for (size_t i = 0; i < layout.count; i++)
		free(layout.communities[i].name);
	free(layout.communities);
	return status;
}
