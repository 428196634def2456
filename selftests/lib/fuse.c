// SPDX-License-Identifier: GPL-2.0
/*
 * The least of a FUSE server: one file of one page, every read of which it
 * takes and none of which it answers.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "drm.h"
#include "fuse.h"
#include "tap.h"

#define FILE_NODE	2
#define VALID		1000	/* seconds */

static void answer(int fd, const struct fuse_in_header *in, int error,
		   const void *data, size_t size)
{
	struct fuse_out_header out = {
		.len = sizeof(out) + size,
		.error = error,
		.unique = in->unique,
	};
	struct iovec iov[2] = {
		{ &out, sizeof(out) }, { (void *)data, size },
	};

	/* Of a request that was given up meanwhile it says ENOENT. */
	if (writev(fd, iov, 2) < 0 && errno != ENOENT)
		_exit(1);
}

static struct fuse_attr attr_of(uint64_t node)
{
	return (struct fuse_attr){
		.ino = node,
		.size = PAGE,
		.mode = node == FILE_NODE ? S_IFREG | 0644 : S_IFDIR | 0755,
		.nlink = 1,
	};
}

static void serve(int fd, const struct fuse_in_header *in, int say)
{
	const struct fuse_init_in *asked = (const void *)(in + 1);
	struct fuse_entry_out entry = {
		.nodeid = FILE_NODE,
		.entry_valid = VALID,
		.attr_valid = VALID,
		.attr = attr_of(FILE_NODE),
	};
	struct fuse_attr_out attr = {
		.attr_valid = VALID,
		.attr = attr_of(in->nodeid),
	};
	struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_write = PAGE,
	};
	struct fuse_open_out opened = {};

	switch (in->opcode) {
	case FUSE_INIT:
		if (asked->minor < init.minor)
			init.minor = asked->minor;
		answer(fd, in, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		answer(fd, in, 0, &entry, sizeof(entry));
		break;
	case FUSE_GETATTR:
		answer(fd, in, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
		answer(fd, in, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ:
		if (write(say, "", 1) != 1)
			_exit(1);
		break;
	case FUSE_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		answer(fd, in, -ENOSYS, NULL, 0);
	}
}

static void server(int fd, int say)
{
	static _Alignas(8) char request[FUSE_MIN_READ_BUFFER + PAGE];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(fd, request, sizeof(request)) > 0)
		serve(fd, (void *)request, say);
	_exit(0);
}

void *fuse_page(int say)
{
	char dir[] = "/tmp/fuse.XXXXXX", options[128], file[64];
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	pid_t pid;
	void *map;

	if (fd < 0 || unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || !mkdtemp(dir))
		bail("/dev/fuse");
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	if (mount("selftest", dir, "fuse", MS_NOSUID | MS_NODEV, options))
		bail("mount -t fuse");
	pid = fork();
	if (pid < 0)
		bail("fork");
	if (!pid)
		server(fd, say);
	/* With it open here, the server's death would not be noticed. */
	close(fd);
	snprintf(file, sizeof(file), "%s/file", dir);
	fd = open(file, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		bail("%s", file);
	map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		bail("mmap of %s", file);
	close(fd);
	return map;
}
