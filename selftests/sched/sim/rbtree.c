// SPDX-License-Identifier: GPL-2.0
/* A treap behind the kernel's names: a heap by random priority. */
#include <linux/rbtree.h>

u64 sim_steps;

static u32 random32(void)
{
	static u64 state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 16;
}

static void replace(struct rb_root_cached *tree, struct rb_node *old,
		    struct rb_node *new)
{
	if (!old->parent)
		tree->node = new;
	else if (old->parent->left == old)
		old->parent->left = new;
	else
		old->parent->right = new;
	if (new)
		new->parent = old->parent;
}

/* @node takes the place of its parent. */
static void rotate_up(struct rb_root_cached *tree, struct rb_node *node)
{
	struct rb_node *parent = node->parent, *moved;

	sim_steps++;
	replace(tree, parent, node);
	if (parent->left == node) {
		moved = node->right;
		node->right = parent;
		parent->left = moved;
	} else {
		moved = node->left;
		node->left = parent;
		parent->right = moved;
	}
	parent->parent = node;
	if (moved)
		moved->parent = parent;
}

void rb_add_cached(struct rb_node *node, struct rb_root_cached *tree,
		   bool (*less)(struct rb_node *a, const struct rb_node *b))
{
	struct rb_node **link = &tree->node, *parent = NULL;
	bool first = true;

	while (*link) {
		sim_steps++;
		parent = *link;
		if (less(node, parent)) {
			link = &parent->left;
		} else {
			link = &parent->right;
			first = false;
		}
	}
	*node = (struct rb_node) { .parent = parent, .prio = random32() };
	*link = node;
	if (first)
		tree->leftmost = node;
	while (node->parent && node->prio < node->parent->prio)
		rotate_up(tree, node);
}

void rb_erase_cached(struct rb_node *node, struct rb_root_cached *tree)
{
	struct rb_node *child;

	if (tree->leftmost == node) {
		if (node->right)
			for (child = node->right; child->left;)
				child = child->left;
		else
			child = node->parent;
		tree->leftmost = child;
	}
	while (node->left && node->right) {
		child = node->left->prio < node->right->prio ? node->left :
							       node->right;
		rotate_up(tree, child);
	}
	replace(tree, node, node->left ? node->left : node->right);
}
