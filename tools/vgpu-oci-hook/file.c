// SPDX-License-Identifier: GPL-2.0
/*
 * Whole files of bounded size.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

#define FIRST	4096

static int read_all(int fd, size_t most, char **text, size_t *len)
{
	size_t room = FIRST;
	char *more;
	ssize_t n;

	*len = 0;
	*text = malloc(room + 1);
	while (*text) {
		n = read(fd, *text + *len, room - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		*len += (size_t)n;
		(*text)[*len] = '\0';
		if (!n)
			return strlen(*text) == *len ? 0 : -EILSEQ;
		if (*len > most)
			return -EFBIG;
		if (*len < room)
			continue;
		room *= 2;
		more = realloc(*text, room + 1);
		if (!more)
			break;
		*text = more;
	}
	return -ENOMEM;
}

int file_read(const char *path, size_t most, char **text, size_t *len,
	      struct refusal *why)
{
	const char *shown = strcmp(path, "-") ? path : "standard input";
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) :
				     STDIN_FILENO;
	int err;

	if (fd < 0)
		return refuse(why, -errno, "%s: %s", path, strerror(errno));
	err = read_all(fd, most, text, len);
	if (fd != STDIN_FILENO)
		close(fd);
	if (!err)
		return 0;
	free(*text);
	*text = NULL;
	if (err == -EFBIG)
		return refuse(why, err, "%s: more than %zu bytes", shown, most);
	if (err == -EILSEQ)
		return refuse(why, err, "%s: a NUL in the text", shown);
	return refuse(why, err, "%s: %s", shown, strerror(-err));
}
