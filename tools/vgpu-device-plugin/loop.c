// SPDX-License-Identifier: GPL-2.0
/*
 * From gRPC's queue into the main loop.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "loop.h"

/**
 * struct finished - one thing in the pipe; less than PIPE_BUF, so never torn
 * @tag: which
 * @ok: how it went
 */
struct finished {
	struct tag *tag;
	bool ok;
};

static void *pump(void *arg)
{
	struct loop *loop = arg;
	struct finished finished;
	grpc_event event;

	for (;;) {
		event = grpc_completion_queue_next(loop->queue,
						   gpr_inf_future(GPR_CLOCK_REALTIME),
						   NULL);
		if (event.type == GRPC_QUEUE_SHUTDOWN)
			return NULL;
		finished = (struct finished){ .tag = event.tag,
					      .ok = event.success };
		while (write(loop->write, &finished, sizeof(finished)) < 0 &&
		       errno == EINTR)
			;
	}
}

int loop_start(struct loop *loop)
{
	pthread_t thread;
	int pair[2], err;

	if (pipe2(pair, O_CLOEXEC))
		return -errno;
	loop->read = pair[0];
	loop->write = pair[1];
	if (fcntl(loop->read, F_SETFL, O_NONBLOCK))
		return -errno;
	loop->queue = grpc_completion_queue_create_for_next(NULL);
	err = pthread_create(&thread, NULL, pump, loop);
	if (!err)
		pthread_detach(thread);
	return -err;
}

unsigned int loop_run(struct loop *loop)
{
	struct finished finished;
	unsigned int n = 0;

	while (read(loop->read, &finished, sizeof(finished)) ==
	       (ssize_t)sizeof(finished)) {
		finished.tag->done(finished.tag, finished.ok);
		n++;
	}
	return n;
}
