/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whole files of bounded size.
 */
#ifndef FILE_H
#define FILE_H

#include "claim.h"

/*
 * Read all of a file, or of standard input where path is "-". The text is the
 * caller's to free and has a NUL behind it; one inside it is refused. -ENOENT is
 * for a file that is not there.
 */
int file_read(const char *path, size_t most, char **text, size_t *len,
	      struct refusal *why);

#endif /* FILE_H */
