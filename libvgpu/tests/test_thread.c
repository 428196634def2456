// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One context and many threads: requests take turns, and each thread reads the
 * failure of its own last call.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vgpu/vgpu.h>

#include "mock.h"

#define THREADS	8
#define CALLS	500

/* Echoes a good name, and refuses a bad one with a sentence that quotes it. */
static void answer_echo(struct mock *mock, int fd,
			const struct nlmsghdr *request)
{
	const char *name;
	char text[128];
	struct nl_msg *msg;

	(void)mock;
	name = nla_get_string(mock_attr(request, VGPU_A_DEVICE_NAME));
	if (!strncmp(name, "bad", 3)) {
		snprintf(text, sizeof(text), "no device %s", name);
		mock_ack(fd, request, -ENODEV, text, 0);
		return;
	}
	msg = mock_message(request, VGPU_CMD_DEVICE_GET, 0);
	nla_put_string(msg, VGPU_A_DEVICE_NAME, name);
	mock_send(fd, msg);
	mock_ack(fd, request, 0, NULL, 0);
}

struct worker {
	struct vgpu_ctx *ctx;
	unsigned int number;
	unsigned int wrong;
};

static void work_once(struct worker *w, unsigned int call)
{
	struct vgpu_device *dev = NULL;
	char name[32], text[64];
	bool bad = call % 3 == 0;
	int err;

	snprintf(name, sizeof(name), "%s%u-%u", bad ? "bad" : "good",
		 w->number, call);
	snprintf(text, sizeof(text), "no device %s", name);
	err = vgpu_device_get(w->ctx, name, &dev);
	if (bad && (err != -ENODEV || dev ||
		    strcmp(vgpu_ctx_error(w->ctx), text)))
		w->wrong++;
	if (!bad && (err || strcmp(vgpu_device_name(dev), name) ||
		     *vgpu_ctx_error(w->ctx)))
		w->wrong++;
	vgpu_device_free(dev);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	unsigned int call;

	for (call = 0; call < CALLS; call++)
		work_once(w, call);
	return NULL;
}

static void test_threads(void **state)
{
	struct mock *mock = mock_start(answer_echo);
	struct worker worker[THREADS];
	pthread_t thread[THREADS];
	unsigned int i;

	(void)state;
	for (i = 0; i < THREADS; i++) {
		worker[i] = (struct worker){ .ctx = mock->ctx, .number = i };
		pthread_create(&thread[i], NULL, work, &worker[i]);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(worker[i].wrong, 0);
	assert_int_equal(mock->requests, THREADS * CALLS);
	mock_stop(mock);
}

static void *fail_once(void *arg)
{
	struct vgpu_device *dev = NULL;

	vgpu_device_get(arg, "bad", &dev);
	return NULL;
}

/* More threads that end after a failure than failures are remembered. */
static void test_many_failures(void **state)
{
	struct mock *mock = mock_start(answer_echo);
	struct vgpu_device *dev = NULL;
	pthread_t thread;
	unsigned int i;

	(void)state;
	for (i = 0; i < 3 * ERROR_SLOTS; i++) {
		pthread_create(&thread, NULL, fail_once, mock->ctx);
		pthread_join(thread, NULL);
	}
	assert_int_equal(vgpu_device_get(mock->ctx, "bad-last", &dev),
			 -ENODEV);
	assert_string_equal(vgpu_ctx_error(mock->ctx), "no device bad-last");
	mock_stop(mock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_many_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
