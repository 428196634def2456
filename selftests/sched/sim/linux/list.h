/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIM_LIST_H
#define SIM_LIST_H

#include <linux/types.h>

struct list_head {
	struct list_head *next, *prev;
};

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline void list_add_tail(struct list_head *entry,
				 struct list_head *head)
{
	entry->prev = head->prev;
	entry->next = head;
	head->prev->next = entry;
	head->prev = entry;
}

static inline void list_del_init(struct list_head *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
	INIT_LIST_HEAD(entry);
}

static inline void list_move_tail(struct list_head *entry,
				  struct list_head *head)
{
	list_del_init(entry);
	list_add_tail(entry, head);
}

static inline int list_empty(const struct list_head *head)
{
	return head->next == head;
}

#define list_first_entry(head, type, member) \
	container_of((head)->next, type, member)

#define list_first_entry_or_null(head, type, member) ({			\
	const struct list_head *first = (head);				\
	list_empty(first) ? NULL :					\
			    list_first_entry(first, type, member);	\
})

#endif /* SIM_LIST_H */
