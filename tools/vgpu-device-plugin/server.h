/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The plugin's side of gRPC: our socket, on which the kubelet asks.
 */
#ifndef SERVER_H
#define SERVER_H

#include <sys/stat.h>

#include "inventory.h"
#include "loop.h"

enum server_state {
	SERVER_DOWN,
	SERVER_UP,
	SERVER_STOPPING,
};

/**
 * struct server - our socket and who is on it
 * @loop: that tells what gRPC finished
 * @inventory: what we answer from
 * @path: of the socket
 * @state: whether it serves
 * @grpc: while it is not down
 * @stopped: when it is
 * @bound: the socket as we made it, to see that it is still the one there
 * @streams: calls of ListAndWatch that are open
 * @calls: all calls that are
 */
struct server {
	struct loop *loop;
	const struct inventory *inventory;
	char path[2 * OPTIONS_TEXT];
	enum server_state state;
	grpc_server *grpc;
	struct tag stopped;
	struct stat bound;
	struct call *streams;
	unsigned int calls;
};

/* Bind the socket anew; false where that failed, with a line in the log. */
bool server_start(struct server *server);
/* Its state says when it is down. */
void server_stop(struct server *server);
/* Is the socket that we made still there? */
bool server_bound(const struct server *server);
/* Tell all that watch what is there now. */
void server_update(struct server *server);

#endif /* SERVER_H */
