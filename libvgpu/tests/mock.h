/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A kernel for the tests: the other end of a socket pair, with a thread that
 * answers whatever the library sends. It resolves the family itself and hands
 * every other request to the test.
 */
#ifndef LIBVGPU_TESTS_MOCK_H
#define LIBVGPU_TESTS_MOCK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/genetlink.h>
#include <netlink/genl/genl.h>

#include "private.h"

#define MOCK_LINKS	4
#define MOCK_FAMILY	29
#define MOCK_GROUP	7
#define MOCK_BUFFER	32768

struct mock;

/* Answers one request, in the mock's thread. */
typedef void mock_handler(struct mock *mock, int fd,
			  const struct nlmsghdr *request);

/**
 * struct mock - the kernel
 * @ctx: the library's end
 * @handler: what the test does with a request
 * @loaded: the family exists
 * @family: its number
 * @join_error: what joining the multicast group gives
 * @joined: the group that was joined
 * @n: how many links were dialled
 * @fd: the kernel's end of each
 * @thread: that serves it
 * @requests: how many went to the handler
 * @request: the last of them, with its length in nlmsg_len
 */
struct mock {
	struct vgpu_ctx *ctx;
	mock_handler *handler;
	bool loaded;
	uint16_t family;
	int join_error;
	uint32_t joined;
	unsigned int n;
	int fd[MOCK_LINKS];
	pthread_t thread[MOCK_LINKS];
	unsigned int requests;
	char request[MOCK_BUFFER] __attribute__((aligned(8)));
};

struct mock *mock_start(mock_handler *handler);
void mock_stop(struct mock *mock);

struct nl_msg *mock_message(const struct nlmsghdr *request, uint8_t cmd,
			    int flags);
void mock_send(int fd, struct nl_msg *msg);
void mock_ack(int fd, const struct nlmsghdr *request, int err,
	      const char *text, uint32_t offset);
void mock_done(int fd, const struct nlmsghdr *request, int err,
	       const char *text, int flags);

/* The command of a request. */
uint8_t mock_cmd(const struct nlmsghdr *request);
/* An attribute of a request, or of a nest in it; NULL where it has none. */
struct nlattr *mock_attr(const struct nlmsghdr *request, int type);
struct nlattr *mock_nested(struct nlattr *nest, int type);

#endif /* LIBVGPU_TESTS_MOCK_H */
