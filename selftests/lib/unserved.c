// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "unserved.h"

#define PAGE	4096

char *unserved_among(unsigned int n, unsigned int missing, int *fd)
{
	struct uffdio_api api = { .api = UFFD_API };
	char *pages = mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffdio_register reg = {
		.range = { (unsigned long)pages + missing * PAGE, PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	*fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (pages == MAP_FAILED || *fd < 0 || ioctl(*fd, UFFDIO_API, &api) ||
	    ioctl(*fd, UFFDIO_REGISTER, &reg))
		return NULL;
	return pages;
}

void *unserved_page(int *fd)
{
	return unserved_among(1, 0, fd);
}

static bool wait_for(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, ms) == 1;
}

bool unserved_wait(int fd)
{
	return wait_for(fd, 5000);
}

bool unserved_await(int fd)
{
	return wait_for(fd, -1);
}

bool unserved_serve(void *page, int fd)
{
	struct uffdio_zeropage zero = {
		.range = { (unsigned long)page, PAGE },
	};

	return !ioctl(fd, UFFDIO_ZEROPAGE, &zero);
}
