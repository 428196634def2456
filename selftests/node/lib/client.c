// SPDX-License-Identifier: GPL-2.0
/*
 * client NODE MIB [DIRECTORY]: the entrypoint of a container and a client of a
 * GPU. Says in DIRECTORY/started that it ran; takes dumb buffers of a MiB until
 * it has so many or is refused; writes how many it got to DIRECTORY/got and
 * standard output. With DIRECTORY it keeps them until DIRECTORY/end is there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* struct drm_mode_create_dumb, and its ioctl. */
struct dumb {
	uint32_t height;
	uint32_t width;
	uint32_t bpp;
	uint32_t flags;
	uint32_t handle;
	uint32_t pitch;
	uint64_t size;
};

#define CREATE_DUMB	_IOWR('d', 0xB2, struct dumb)

static void say(const char *directory, const char *name, int number)
{
	char path[256], text[32];
	int fd, len;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	len = snprintf(text, sizeof(text), "%d\n", number);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, text, (size_t)len) != len)
		exit(3);
	close(fd);
}

int main(int argc, char **argv)
{
	int fd, n, want, err = 0;
	char end[256];

	if (argc < 3)
		return 2;
	if (argc > 3)
		say(argv[3], "started", getpid());
	fd = open(argv[1], O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		fprintf(stderr, "client: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	want = atoi(argv[2]);
	for (n = 0; n < want && !err; n += !err) {
		struct dumb dumb = { .height = 64, .width = 4096, .bpp = 32 };

		err = ioctl(fd, CREATE_DUMB, &dumb) ? errno : 0;
	}
	/* Any other refusal is not that of a limit. */
	if (err && err != ENOMEM) {
		fprintf(stderr, "client: %s\n", strerror(err));
		return 1;
	}
	printf("%d\n", n);
	fflush(stdout);
	if (argc < 4)
		return 0;
	say(argv[3], "got", n);
	snprintf(end, sizeof(end), "%s/end", argv[3]);
	while (access(end, F_OK))
		usleep(20000);
	return 0;
}
