/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MOCK_NODES_H
#define MOCK_NODES_H

#include <linux/device/class.h>

extern struct class mock_node_class;

#endif /* MOCK_NODES_H */
