/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The nodes of a device, which are aliases of it.
 */
#ifndef NODES_H
#define NODES_H

/*
 * Where a node of that name is: a folder below /dev with a slash behind it, or
 * "" for /dev itself; NULL for what is the name of no node.
 */
const char *node_folder(const char *alias);

#endif /* NODES_H */
