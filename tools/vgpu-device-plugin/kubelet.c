// SPDX-License-Identifier: GPL-2.0
/*
 * Registration with the kubelet.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <grpc/byte_buffer.h>
#include <grpc/grpc_security.h>
#include <grpc/support/alloc.h>
#include <grpc/support/time.h>

#include "deviceplugin.pb-c.h"
#include "kubelet.h"
#include "log.h"

#define REGISTER	"/v1beta1.Registration/Register"
#define PATIENCE	5	/* seconds */

/**
 * struct attempt - one call to the kubelet
 * @done: when it is over
 * @kubelet: whom
 * @channel: to it
 * @call: the call
 * @initial: metadata, which we do not read
 * @trailing: metadata, which we do not read
 * @reply: its message, which says nothing
 * @status: how it went
 * @why: where it did not
 */
struct attempt {
	struct tag done;
	struct kubelet *kubelet;
	grpc_channel *channel;
	grpc_call *call;
	grpc_metadata_array initial;
	grpc_metadata_array trailing;
	grpc_byte_buffer *reply;
	grpc_status_code status;
	grpc_slice why;
};

bool kubelet_there(const struct kubelet *kubelet)
{
	struct stat now;

	return !stat(kubelet->path, &now) && S_ISSOCK(now.st_mode);
}

/* An inode's number comes back soon; the time of its making does not. */
bool kubelet_known(const struct kubelet *kubelet)
{
	struct stat now;

	return kubelet->registered && !stat(kubelet->path, &now) &&
	       now.st_dev == kubelet->asked.st_dev &&
	       now.st_ino == kubelet->asked.st_ino &&
	       now.st_ctim.tv_sec == kubelet->asked.st_ctim.tv_sec &&
	       now.st_ctim.tv_nsec == kubelet->asked.st_ctim.tv_nsec;
}

/* We try again every second, and say so when there is something new. */
static void refused(struct kubelet *kubelet, const grpc_slice *slice)
{
	char *why = grpc_slice_to_c_string(*slice);

	if (strncmp(kubelet->said, why, sizeof(kubelet->said) - 1))
		say("the kubelet does not take %s: %.200s",
		    kubelet->options->resource, why);
	snprintf(kubelet->said, sizeof(kubelet->said), "%s", why);
	gpr_free(why);
}

static void registered(struct tag *tag, bool ok)
{
	struct attempt *attempt = container_of(tag, struct attempt, done);
	struct kubelet *kubelet = attempt->kubelet;

	kubelet->calling = false;
	kubelet->registered = ok && attempt->status == GRPC_STATUS_OK;
	if (kubelet->registered) {
		kubelet->said[0] = '\0';
		say("registered %s with the kubelet",
		    kubelet->options->resource);
	} else {
		refused(kubelet, &attempt->why);
	}
	grpc_slice_unref(attempt->why);
	grpc_metadata_array_destroy(&attempt->initial);
	grpc_metadata_array_destroy(&attempt->trailing);
	if (attempt->reply)
		grpc_byte_buffer_destroy(attempt->reply);
	grpc_call_unref(attempt->call);
	grpc_channel_destroy(attempt->channel);
	free(attempt);
}

static grpc_byte_buffer *request_of(const struct options *options)
{
	DevicePluginOptions wishes = DEVICE_PLUGIN_OPTIONS__INIT;
	RegisterRequest request = REGISTER_REQUEST__INIT;
	grpc_byte_buffer *buffer;
	grpc_slice slice;

	wishes.get_preferred_allocation_available = true;
	request.version = (char *)(uintptr_t)"v1beta1";
	request.endpoint = (char *)(uintptr_t)options->endpoint;
	request.resource_name = (char *)(uintptr_t)options->resource;
	request.options = &wishes;
	slice = grpc_slice_malloc(protobuf_c_message_get_packed_size(&request.base));
	protobuf_c_message_pack(&request.base, GRPC_SLICE_START_PTR(slice));
	buffer = grpc_raw_byte_buffer_create(&slice, 1);
	grpc_slice_unref(slice);
	return buffer;
}

static void attempt_call(struct attempt *attempt)
{
	grpc_byte_buffer *request = request_of(attempt->kubelet->options);
	grpc_op ops[6];

	memset(ops, 0, sizeof(ops));
	ops[0].op = GRPC_OP_SEND_INITIAL_METADATA;
	ops[1].op = GRPC_OP_SEND_MESSAGE;
	ops[1].data.send_message.send_message = request;
	ops[2].op = GRPC_OP_SEND_CLOSE_FROM_CLIENT;
	ops[3].op = GRPC_OP_RECV_INITIAL_METADATA;
	ops[3].data.recv_initial_metadata.recv_initial_metadata =
		&attempt->initial;
	ops[4].op = GRPC_OP_RECV_MESSAGE;
	ops[4].data.recv_message.recv_message = &attempt->reply;
	ops[5].op = GRPC_OP_RECV_STATUS_ON_CLIENT;
	ops[5].data.recv_status_on_client.trailing_metadata =
		&attempt->trailing;
	ops[5].data.recv_status_on_client.status = &attempt->status;
	ops[5].data.recv_status_on_client.status_details = &attempt->why;
	if (grpc_call_start_batch(attempt->call, ops, 6, &attempt->done, NULL) !=
	    GRPC_CALL_OK) {
		/* Wrong use, which the tests would show. */
		say("gRPC refuses an operation");
		abort();
	}
	grpc_byte_buffer_destroy(request);
}

void kubelet_register(struct kubelet *kubelet)
{
	char address[sizeof(kubelet->path) + 8];
	grpc_channel_credentials *none;
	struct attempt *attempt;
	grpc_slice host, method;
	gpr_timespec deadline;

	if (kubelet->calling || stat(kubelet->path, &kubelet->asked))
		return;
	attempt = calloc(1, sizeof(*attempt));
	if (!attempt)
		return;
	attempt->kubelet = kubelet;
	attempt->done.done = registered;
	attempt->why = grpc_empty_slice();
	grpc_metadata_array_init(&attempt->initial);
	grpc_metadata_array_init(&attempt->trailing);
	snprintf(address, sizeof(address), "unix:%s", kubelet->path);
	none = grpc_insecure_credentials_create();
	attempt->channel = grpc_channel_create(address, none, NULL);
	grpc_channel_credentials_release(none);
	host = grpc_slice_from_static_string("localhost");
	method = grpc_slice_from_static_string(REGISTER);
	deadline = gpr_time_add(gpr_now(GPR_CLOCK_REALTIME),
				gpr_time_from_seconds(PATIENCE, GPR_TIMESPAN));
	attempt->call = grpc_channel_create_call(attempt->channel, NULL,
						 GRPC_PROPAGATE_DEFAULTS,
						 kubelet->loop->queue, method,
						 &host, deadline, NULL);
	kubelet->calling = true;
	attempt_call(attempt);
}
