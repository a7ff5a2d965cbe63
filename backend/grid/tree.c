#include "tree.h"

#include <assert.h>
#include <stdlib.h>

#include "memory.h"

/* Nodes and names come from chunks that never move and are freed together. */
struct chunk {
	struct chunk *next;
	size_t used;
	_Alignas(16) uint8_t bytes[];
};

#define CHUNK_BYTES (256 * 1024)
#define INDEX_FIRST 1024
#define NAME_BYTES  241 /* the longest name: 60 characters of 4 bytes, and NUL */
#define MOVE_SLOTS  16  /* at each insert while moving; 2 would do to be done in time */

/* Open addressing; a power of two of slots, never more than 3/4 of them taken. */
struct index {
	struct place_node **slots;
	size_t count;
};

struct place_tree {
	struct place_node top; /* above the provinces; only its list of children is used */
	struct chunk *chunks;
	struct index index;
	struct index old; /* while moving to a larger index: what is behind `moved` still stands here only */
	size_t moved;
	size_t node_count;
	size_t known_count;
	struct place_node **changed;
	size_t changed_count;
	size_t changed_room;
};

static void *
chunk_alloc(struct place_tree *tree, size_t len)
{
	size_t rounded = (len + 15) / 16 * 16;
	struct chunk *chunk = tree->chunks;

	if (!chunk || CHUNK_BYTES - chunk->used < rounded) {
		assert(rounded <= CHUNK_BYTES);
		chunk = or_die(malloc(sizeof(*chunk) + CHUNK_BYTES));
		*chunk = (struct chunk){.next = tree->chunks};
		tree->chunks = chunk;
	}
	chunk->used += rounded;
	return chunk->bytes + chunk->used - rounded;
}

struct place_tree *
tree_create(void)
{
	struct place_tree *tree = or_die(calloc(1, sizeof(*tree)));

	tree->index.count = INDEX_FIRST;
	tree->index.slots = or_die(calloc(tree->index.count, sizeof(*tree->index.slots)));
	return tree;
}

void
tree_destroy(struct place_tree *tree)
{
	struct chunk *chunk, *next;

	if (!tree)
		return;
	for (chunk = tree->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(tree->index.slots);
	free(tree->old.slots);
	free(tree->changed);
	free(tree);
}

size_t
tree_size(const struct place_tree *tree)
{
	return tree->known_count;
}

/* Where the place is, or the free slot where it would go. */
static struct place_node **
slot_of(const struct index *index, struct place place)
{
	uint64_t hash = (place.code ^ (uint64_t)place.digits << 59) * UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (hash >> 24) & (index->count - 1);

	while (index->slots[i] && !place_equal(index->slots[i]->place, place))
		i = (i + 1) & (index->count - 1);
	return &index->slots[i];
}

/* A larger index is filled a few slots at a time, for moving all of China at once takes 15 ms. The old one is only read
 * until it is moved, so that its chains of taken slots stay whole. */
static void
move_some(struct place_tree *tree, size_t slots)
{
	size_t end = MIN(tree->moved + slots, tree->old.count);

	for (; tree->moved < end; tree->moved++)
		if (tree->old.slots[tree->moved])
			*slot_of(&tree->index, tree->old.slots[tree->moved]->place) = tree->old.slots[tree->moved];
	if (tree->moved < tree->old.count)
		return;
	free(tree->old.slots);
	tree->old = (struct index){0};
}

static void
grow(struct place_tree *tree)
{
	move_some(tree, tree->old.count); /* long done: an index lives for as many inserts as it has slots to move */
	tree->old = tree->index;
	tree->moved = 0;
	tree->index.count *= 2;
	tree->index.slots = or_die(calloc(tree->index.count, sizeof(*tree->index.slots)));
}

struct place_node *
tree_find(const struct place_tree *tree, struct place place)
{
	struct place_node *node = *slot_of(&tree->index, place);

	if (!node && tree->old.count > 0)
		node = *slot_of(&tree->old, place);
	return node;
}

static void
index_add(struct place_tree *tree, struct place_node *node)
{
	if (++tree->node_count > tree->index.count / 4 * 3)
		grow(tree);
	if (tree->old.count > 0)
		move_some(tree, MOVE_SLOTS);
	*slot_of(&tree->index, node->place) = node;
}

struct place_node *
tree_known(const struct place_tree *tree, struct place place)
{
	struct place_node *node = tree_find(tree, place);

	return node && node->known ? node : NULL;
}

struct place_node *
tree_first(const struct place_tree *tree)
{
	return tree->top.first_child;
}

/* Codes mostly come in order, so the last child is looked at first. */
static void
link_child(struct place_node *parent, struct place_node *child)
{
	struct place_node **at = &parent->first_child;

	if (parent->last_child && place_compare(parent->last_child->place, child->place) < 0)
		at = &parent->last_child->next;
	while (*at && place_compare((*at)->place, child->place) < 0)
		at = &(*at)->next;
	child->next = *at;
	*at = child;
	if (!child->next)
		parent->last_child = child;
}

struct place_node *
tree_reach(struct place_tree *tree, struct place place)
{
	struct place_node *node = tree_find(tree, place);
	struct place parent = place_parent(place);

	if (node)
		return node;
	node = chunk_alloc(tree, sizeof(*node));
	*node = (struct place_node){.place = place, .name = UNCONST("")};
	LIST_INIT(&node->members);
	index_add(tree, node);
	if (!place_is_none(parent))
		node->parent = tree_reach(tree, parent); /* six levels at the most */
	link_child(node->parent ? node->parent : &tree->top, node);
	return node;
}

/* Room once taken stays with the node: who renames a place for ever takes more a single time. */
static void
make_room(struct place_tree *tree, struct place_node *node, size_t len)
{
	if (len <= node->name_room)
		return;
	if (node->name_room > 0)
		len = MAX(len, (size_t)NAME_BYTES);
	assert(len <= UINT16_MAX);
	node->name = chunk_alloc(tree, len);
	node->name_room = (uint16_t)len;
}

struct place_node *
tree_add(struct place_tree *tree, struct place place, struct text name)
{
	struct place_node *node = tree_reach(tree, place);

	if (!node->known)
		tree->known_count++;
	node->known = true;
	if (text_equal(text_of(node->name), name))
		return node;
	make_room(tree, node, name.len + 1);
	memcpy(node->name, name.data, name.len);
	node->name[name.len] = '\0';
	return node;
}

struct place_node *
tree_next(const struct place_node *top, const struct place_node *node, unsigned depth)
{
	if (node->first_child && place_level(node->place) - place_level(top->place) < depth)
		return node->first_child;
	while (node != top && !node->next)
		node = node->parent;
	return node == top ? NULL : node->next;
}

static void
mark_changed(struct place_tree *tree, struct place_node *node)
{
	if (node->changed)
		return;
	if (tree->changed_count == tree->changed_room) {
		tree->changed_room = tree->changed_room ? tree->changed_room * 2 : 256;
		tree->changed = or_die(realloc(tree->changed, tree->changed_room * sizeof(*tree->changed)));
	}
	node->changed = true;
	tree->changed[tree->changed_count++] = node;
}

void
tree_count(struct place_tree *tree, struct place_node *node, struct tally delta)
{
	for (; node; node = node->parent) {
		node->tally.members += delta.members;
		node->tally.calls += delta.calls;
		node->tally.confirmed += delta.confirmed;
		node->tally.waiting += delta.waiting;
		node->tally.present += delta.present;
		mark_changed(tree, node);
	}
}

void
tree_take_changed(struct place_tree *tree, void (*visit)(struct place_node *node, void *context), void *context)
{
	for (size_t i = 0; i < tree->changed_count; i++) {
		tree->changed[i]->changed = false;
		visit(tree->changed[i], context);
	}
	tree->changed_count = 0;
}

bool
tree_has_changed(const struct place_tree *tree)
{
	return tree->changed_count > 0;
}
