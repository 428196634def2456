/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The interface of the kernel's red-black trees on a treap, which counts the
 * steps it takes.
 */
#ifndef SIM_RBTREE_H
#define SIM_RBTREE_H

#include <linux/types.h>

struct rb_node {
	struct rb_node *parent, *left, *right;
	u32 prio;
};

struct rb_root_cached {
	struct rb_node *node;
	struct rb_node *leftmost;
};

#define RB_ROOT_CACHED ((struct rb_root_cached) {})
#define rb_entry container_of
#define rb_first_cached(tree) ((tree)->leftmost)

extern u64 sim_steps;

void rb_add_cached(struct rb_node *node, struct rb_root_cached *tree,
		   bool (*less)(struct rb_node *a, const struct rb_node *b));
void rb_erase_cached(struct rb_node *node, struct rb_root_cached *tree);

#endif /* SIM_RBTREE_H */
