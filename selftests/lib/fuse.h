/* SPDX-License-Identifier: GPL-2.0 */
/* A page of a file that its file system never delivers. */
#ifndef SELFTESTS_FUSE_H
#define SELFTESTS_FUSE_H

/*
 * Maps such a page. Whoever reads it first makes the file system write one
 * byte to *say, and waits for ever, also when killed, until the file system's
 * process dies. That dies with the caller's thread.
 */
void *fuse_page(int say);

#endif /* SELFTESTS_FUSE_H */
