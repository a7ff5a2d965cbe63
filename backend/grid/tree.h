/* tree.h - all places in memory, with what is counted in each.
 *
 * A node stays where it is for the life of the tree, so pointers to nodes may be kept. A tally is the sum over the
 * place and all that lies under it; tree_count() adds to a node and to every ancestor and remembers which nodes
 * changed, so that whoever tells the watchers asks for just those. */
#ifndef GV_TREE_H
#define GV_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "place.h"

struct person;
LIST_HEAD(person_list, person);

/* What is counted in a place and under it. */
struct tally {
	uint32_t members;   /* registered */
	uint32_t calls;     /* open */
	uint32_t confirmed; /* people on the lines of the open calls that count */
	uint32_t waiting;   /* people on lines past the limit */
	uint32_t present;   /* people checked in */
};

struct place_node {
	struct place place;
	bool known;   /* imported; otherwise it only stands between known places */
	bool changed; /* its tally, since tree_take_changed() */
	uint16_t name_room;
	struct tally tally;
	char *name;                     /* "" while not known; the tree's, and written over by tree_add() */
	struct place_node *parent;      /* NULL for a province */
	struct place_node *first_child; /* in the order of their codes */
	struct place_node *last_child;
	struct place_node *next;    /* sibling */
	struct person_list members; /* registered here, not below */
};

struct place_tree;

struct place_tree *tree_create(void);
void tree_destroy(struct place_tree *tree);

/* Places that are known. */
size_t tree_size(const struct place_tree *tree);

/* NULL if it is not in the tree. A node found may still be one that is not known. */
struct place_node *tree_find(const struct place_tree *tree, struct place place);

/* The same, but only a place that was imported. */
struct place_node *tree_known(const struct place_tree *tree, struct place place);

/* The first province; the others are its siblings. NULL in an empty tree. */
struct place_node *tree_first(const struct place_tree *tree);

/* The node, made with its ancestors where it is missing. */
struct place_node *tree_reach(struct place_tree *tree, struct place place);

/* Makes the place known under that name, or renames it. The name is copied. */
struct place_node *tree_add(struct place_tree *tree, struct place place, struct text name);

/* The node after `node` in the order of codes, children before siblings, staying under `top` and at most `depth` levels
 * below it; NULL after the last. */
struct place_node *tree_next(const struct place_node *top, const struct place_node *node, unsigned depth);

/* Adds to the node and all its ancestors; the fields of `delta` are differences modulo 2^32. */
void tree_count(struct place_tree *tree, struct place_node *node, struct tally delta);

/* Calls `visit` for each node whose tally changed since the last time, and forgets them. */
void tree_take_changed(struct place_tree *tree, void (*visit)(struct place_node *node, void *context), void *context);

/* True if tree_take_changed() would visit any. */
bool tree_has_changed(const struct place_tree *tree);

#endif
