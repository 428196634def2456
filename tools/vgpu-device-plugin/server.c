// SPDX-License-Identifier: GPL-2.0
/*
 * The server: calls come in, are answered and go.
 *
 * A call that is accepted has two operations of gRPC under way at first, the
 * one that waits for its message and the one that waits for its end, and later
 * one that sends; it is freed when none is left.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/grpc_security.h>
#include <grpc/support/alloc.h>

#include "answer.h"
#include "log.h"
#include "server.h"

/* The kubelet has one stream and few calls; only root gets to the socket. */
#define CALLS_MAX	64

/**
 * struct call - a call from its wait for a caller to its end
 * @server: of
 * @accepted: somebody called
 * @received: its message is here
 * @sent: ours has left
 * @closed: the call is over
 * @next: of the server's streams
 * @grpc: gRPC's own
 * @details: what it calls
 * @metadata: what came with it, which we do not read
 * @payload: its message, or NULL
 * @pending: operations under way
 * @cancelled: filled in by gRPC
 * @stream: it is of ListAndWatch
 * @sending: a list is on its way
 * @stale: there is a newer one
 * @over: no more can be sent
 */
struct call {
	struct server *server;
	struct tag accepted;
	struct tag received;
	struct tag sent;
	struct tag closed;
	struct call *next;
	grpc_call *grpc;
	grpc_call_details details;
	grpc_metadata_array metadata;
	grpc_byte_buffer *payload;
	unsigned int pending;
	int cancelled;
	bool stream;
	bool sending;
	bool stale;
	bool over;
};

static void call_free(struct call *call)
{
	if (call->grpc)
		grpc_call_unref(call->grpc);
	if (call->payload)
		grpc_byte_buffer_destroy(call->payload);
	grpc_call_details_destroy(&call->details);
	grpc_metadata_array_destroy(&call->metadata);
	free(call);
}

static void call_put(struct call *call)
{
	if (--call->pending)
		return;
	call->server->calls--;
	call_free(call);
}

static void call_batch(struct call *call, struct tag *tag, const grpc_op *ops,
		       size_t n)
{
	call->pending++;
	if (grpc_call_start_batch(call->grpc, ops, n, tag, NULL) != GRPC_CALL_OK) {
		/* Wrong use, which the tests would show. */
		say("gRPC refuses an operation");
		abort();
	}
}

static grpc_byte_buffer *buffer_of(const struct answer *answer)
{
	grpc_slice slice = grpc_slice_from_copied_buffer(answer->data,
							 answer->len);
	grpc_byte_buffer *buffer = grpc_raw_byte_buffer_create(&slice, 1);

	grpc_slice_unref(slice);
	return buffer;
}

/* The one answer to a call, or a refusal, which ends it. */
static void call_finish(struct call *call, const struct answer *answer)
{
	grpc_slice why = grpc_slice_from_copied_string(answer->why);
	grpc_byte_buffer *buffer = NULL;
	grpc_op ops[3];
	size_t n = 0;

	memset(ops, 0, sizeof(ops));
	if (!call->stream)
		ops[n++].op = GRPC_OP_SEND_INITIAL_METADATA;
	if (answer->code == ANSWER_OK) {
		buffer = buffer_of(answer);
		ops[n].op = GRPC_OP_SEND_MESSAGE;
		ops[n++].data.send_message.send_message = buffer;
	}
	ops[n].op = GRPC_OP_SEND_STATUS_FROM_SERVER;
	ops[n].data.send_status_from_server.status =
		(grpc_status_code)answer->code;
	ops[n++].data.send_status_from_server.status_details = &why;
	call->over = true;
	call_batch(call, &call->sent, ops, n);
	if (buffer)
		grpc_byte_buffer_destroy(buffer);
	grpc_slice_unref(why);
}

/* The list as it is now. */
static void stream_send(struct call *call)
{
	struct answer list;
	grpc_op ops[2];
	size_t n = 0;

	call->stale = false;
	answer(call->server->inventory, METHOD_LIST, NULL, 0, &list);
	if (list.code != ANSWER_OK) {
		call_finish(call, &list);
		return;
	}
	memset(ops, 0, sizeof(ops));
	if (!call->stream) {
		call->stream = true;
		call->next = call->server->streams;
		call->server->streams = call;
		ops[n++].op = GRPC_OP_SEND_INITIAL_METADATA;
	}
	ops[n].op = GRPC_OP_SEND_MESSAGE;
	ops[n++].data.send_message.send_message = buffer_of(&list);
	call->sending = true;
	call_batch(call, &call->sent, ops, n);
	grpc_byte_buffer_destroy(ops[n - 1].data.send_message.send_message);
	free(list.data);
}

static void call_sent(struct tag *tag, bool ok)
{
	struct call *call = container_of(tag, struct call, sent);

	call->sending = false;
	if (ok && call->stream && !call->over && call->stale)
		stream_send(call);
	call_put(call);
}

static void call_closed(struct tag *tag, bool ok)
{
	struct call *call = container_of(tag, struct call, closed), **at;

	(void)ok;
	call->over = true;
	for (at = &call->server->streams; *at; at = &(*at)->next) {
		if (*at == call) {
			*at = call->next;
			break;
		}
	}
	call_put(call);
}

/* What a caller sent, in one piece. */
static void call_answer(struct call *call, enum answer_method method)
{
	grpc_byte_buffer_reader reader;
	struct answer reply;
	grpc_slice all;

	if (!grpc_byte_buffer_reader_init(&reader, call->payload)) {
		reply = (struct answer){ .code = ANSWER_INVALID,
					 .why = "the message cannot be read" };
		call_finish(call, &reply);
		return;
	}
	all = grpc_byte_buffer_reader_readall(&reader);
	answer(call->server->inventory, method, GRPC_SLICE_START_PTR(all),
	       GRPC_SLICE_LENGTH(all), &reply);
	grpc_slice_unref(all);
	grpc_byte_buffer_reader_destroy(&reader);
	if (reply.code != ANSWER_OK)
		say("refused a call of the kubelet: %s", reply.why);
	call_finish(call, &reply);
	free(reply.data);
}

static void call_received(struct tag *tag, bool ok)
{
	struct call *call = container_of(tag, struct call, received);
	struct answer refusal = { .code = ANSWER_OK };
	char *path = grpc_slice_to_c_string(call->details.method);
	enum answer_method method = answer_method(path);

	gpr_free(path);
	if (!ok || !call->payload)
		refusal = (struct answer){ .code = ANSWER_INVALID,
					   .why = "there is no message" };
	if (call->server->calls > CALLS_MAX)
		refusal = (struct answer){ .code = ANSWER_EXHAUSTED,
					   .why = "too many calls" };
	if (!call->over) {
		if (refusal.code != ANSWER_OK)
			call_finish(call, &refusal);
		else if (method == METHOD_LIST)
			stream_send(call);
		else
			call_answer(call, method);
	}
	call_put(call);
}

static void server_arm(struct server *server);

static void call_accepted(struct tag *tag, bool ok)
{
	struct call *call = container_of(tag, struct call, accepted);
	grpc_op op;

	if (!ok) {
		call_free(call);
		return;
	}
	if (call->server->state == SERVER_UP)
		server_arm(call->server);
	call->server->calls++;
	memset(&op, 0, sizeof(op));
	op.op = GRPC_OP_RECV_CLOSE_ON_SERVER;
	op.data.recv_close_on_server.cancelled = &call->cancelled;
	call_batch(call, &call->closed, &op, 1);
	memset(&op, 0, sizeof(op));
	op.op = GRPC_OP_RECV_MESSAGE;
	op.data.recv_message.recv_message = &call->payload;
	call_batch(call, &call->received, &op, 1);
}

/* Wait for the next caller. */
static void server_arm(struct server *server)
{
	struct call *call = calloc(1, sizeof(*call));

	if (!call) {
		/* The kubelet would wait for ever; it starts us anew. */
		say("out of memory");
		abort();
	}
	call->server = server;
	call->accepted.done = call_accepted;
	call->received.done = call_received;
	call->sent.done = call_sent;
	call->closed.done = call_closed;
	grpc_call_details_init(&call->details);
	grpc_metadata_array_init(&call->metadata);
	if (grpc_server_request_call(server->grpc, &call->grpc, &call->details,
				     &call->metadata, server->loop->queue,
				     server->loop->queue, &call->accepted) !=
	    GRPC_CALL_OK)
		call_free(call);
}

bool server_start(struct server *server)
{
	char address[sizeof(server->path) + 8];
	grpc_server_credentials *none;
	int bound;

	/* Of an earlier run of ours; nobody else has this name. */
	unlink(server->path);
	snprintf(address, sizeof(address), "unix:%s", server->path);
	server->grpc = grpc_server_create(NULL, NULL);
	grpc_server_register_completion_queue(server->grpc, server->loop->queue,
					      NULL);
	none = grpc_insecure_server_credentials_create();
	bound = grpc_server_add_http2_port(server->grpc, address, none);
	grpc_server_credentials_release(none);
	grpc_server_start(server->grpc);
	server->state = SERVER_UP;
	if (!bound || stat(server->path, &server->bound)) {
		say("cannot serve at %s", server->path);
		server_stop(server);
		return false;
	}
	server_arm(server);
	return true;
}

static void server_stopped(struct tag *tag, bool ok)
{
	struct server *server = container_of(tag, struct server, stopped);

	(void)ok;
	grpc_server_destroy(server->grpc);
	server->grpc = NULL;
	server->state = SERVER_DOWN;
}

void server_stop(struct server *server)
{
	if (server->state != SERVER_UP)
		return;
	server->state = SERVER_STOPPING;
	server->stopped.done = server_stopped;
	grpc_server_shutdown_and_notify(server->grpc, server->loop->queue,
					&server->stopped);
	grpc_server_cancel_all_calls(server->grpc);
}

bool server_bound(const struct server *server)
{
	struct stat now;

	return !stat(server->path, &now) && now.st_dev == server->bound.st_dev &&
	       now.st_ino == server->bound.st_ino;
}

void server_update(struct server *server)
{
	struct call *call;

	for (call = server->streams; call; call = call->next) {
		if (call->over)
			continue;
		call->stale = true;
		if (!call->sending)
			stream_send(call);
	}
}
