/* SPDX-License-Identifier: GPL-2.0 */
/*
 * gRPC has threads of its own and one queue of what they finished. One more
 * thread brings that to the main loop, through a pipe: all else runs there, one
 * thing after the other, and needs no locks.
 */
#ifndef LOOP_H
#define LOOP_H

#include <stdbool.h>

#include <grpc/grpc.h>

/**
 * struct tag - what to do when gRPC finished something
 * @done: called in the main loop; ok is false where it failed or was cancelled
 */
struct tag {
	void (*done)(struct tag *tag, bool ok);
};

#define container_of(ptr, type, member) \
	((type *)(void *)((char *)(ptr) - offsetof(type, member)))

/**
 * struct loop - the queue and the pipe
 * @queue: gRPC's
 * @read: becomes readable when something is finished
 * @write: the thread's end
 */
struct loop {
	grpc_completion_queue *queue;
	int read;
	int write;
};

int loop_start(struct loop *loop);
/* Do what is finished; returns how many. */
unsigned int loop_run(struct loop *loop);

#endif /* LOOP_H */
