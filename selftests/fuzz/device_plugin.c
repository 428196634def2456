// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzing of the device plugin's answers: the first byte chooses the question,
 * the rest is its message, or, in half of all, ids to make one of. An answer
 * must keep its promises, and a refusal must say why.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

#define IDS_MAX	64

static const struct options options = {
	.resource = "vgpu.io/memory-256Mi",
	.compute = true,
	.nodes = true,
	.cdi = "vgpu.io/gpu",
	.dev = "/dev",
};

static const struct inventory inventory = {
	.options = &options,
	.gpu = {
		{ .name = "card0", .node = { "null" }, .nodes = 1,
		  .unit = 1 << 20, .units = 12, .present = true },
		{ .name = "0000:02:00.0", .unit = 3 << 20, .units = 3,
		  .present = true },
		{ .name = "gone", .unit = 1 << 20, .units = 5 },
	},
	.n = 3,
};

static void expect(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

/* Ids of every sort, two of which stand for no unit. */
static char *id_of(uint8_t byte)
{
	static char ids[IDS_MAX][24];
	static size_t next;
	char *id = ids[next++ % IDS_MAX];

	switch (byte >> 6) {
	case 0:
	case 1:
		snprintf(id, 24, "card0-%u", byte & 15);
		break;
	case 2:
		snprintf(id, 24, "0000:02:00.0-%u", byte & 3);
		break;
	default:
		snprintf(id, 24, "gone-%u", byte & 7);
		break;
	}
	return id;
}

/* A message of what the bytes stand for; its length. */
static size_t compose(enum answer_method method, const uint8_t *data,
		      size_t size, uint8_t **out)
{
	ContainerPreferredAllocationRequest offer =
		CONTAINER_PREFERRED_ALLOCATION_REQUEST__INIT;
	PreferredAllocationRequest prefer = PREFERRED_ALLOCATION_REQUEST__INIT;
	ContainerAllocateRequest one = CONTAINER_ALLOCATE_REQUEST__INIT;
	AllocateRequest allocate = ALLOCATE_REQUEST__INIT;
	ContainerPreferredAllocationRequest *offers = &offer;
	ContainerAllocateRequest *ones = &one;
	const ProtobufCMessage *message = &allocate.base;
	char *ids[IDS_MAX];
	size_t n, must;

	for (n = 0; n < IDS_MAX && n + 1 < size; n++)
		ids[n] = id_of(data[n + 1]);
	must = size && n ? (data[0] & 7) % (n + 1) : 0;
	one.devices_ids = ids;
	one.n_devices_ids = n;
	allocate.container_requests = &ones;
	allocate.n_container_requests = 1;
	offer.available_device_ids = ids;
	offer.n_available_device_ids = n;
	offer.must_include_device_ids = ids;
	offer.n_must_include_device_ids = must;
	offer.allocation_size = size ? data[0] >> 3 : 0;
	prefer.container_requests = &offers;
	prefer.n_container_requests = 1;
	if (method == METHOD_PREFERRED)
		message = &prefer.base;
	*out = malloc(protobuf_c_message_get_packed_size(message) + 1);
	return protobuf_c_message_pack(message, *out);
}

/* All of one device that is there, each named once; which it is. */
static const struct gpu *judge_ids(char *const *ids, size_t n)
{
	const struct gpu *gpu = NULL;
	struct unit unit;
	size_t i, j;

	expect(n, "no units at all");
	for (i = 0; i < n; i++) {
		expect(inventory_find(&inventory, ids[i], &unit),
		       "no such unit");
		expect(!gpu || gpu == &inventory.gpu[unit.gpu], "two devices");
		gpu = &inventory.gpu[unit.gpu];
		for (j = 0; j < i; j++)
			expect(strcmp(ids[i], ids[j]), "a unit twice");
	}
	expect(gpu->present, "of a device that is gone");
	return gpu;
}

static void judge_allocate(const AllocateRequest *request,
			   const AllocateResponse *response)
{
	size_t i;

	expect(request->n_container_requests == response->n_container_responses,
	       "another number of containers");
	for (i = 0; i < request->n_container_requests; i++) {
		const ContainerAllocateRequest *asked =
			request->container_requests[i];
		const ContainerAllocateResponse *got =
			response->container_responses[i];
		const struct gpu *gpu =
			judge_ids(asked->devices_ids, asked->n_devices_ids);
		char bytes[32];

		snprintf(bytes, sizeof(bytes), "%" PRIu64,
			 gpu->unit * asked->n_devices_ids);
		expect(got->n_annotations == 3 && !got->n_envs &&
		       !got->n_mounts && got->n_cdi_devices == 1,
		       "not what an answer has");
		expect(!strcmp(got->annotations[0]->value, gpu->name),
		       "another device");
		expect(!strcmp(got->annotations[1]->value, bytes),
		       "another quota");
		expect(atof(got->annotations[2]->value) <= 100, "over 100 %");
	}
}

static bool among(const char *id, char *const *ids, size_t n)
{
	while (n--) {
		if (!strcmp(id, ids[n]))
			return true;
	}
	return false;
}

static void judge_prefer(const PreferredAllocationRequest *request,
			 const PreferredAllocationResponse *response)
{
	size_t i, j;

	expect(request->n_container_requests == response->n_container_responses,
	       "another number of containers");
	for (i = 0; i < request->n_container_requests; i++) {
		const ContainerPreferredAllocationRequest *asked =
			request->container_requests[i];
		const ContainerPreferredAllocationResponse *got =
			response->container_responses[i];

		judge_ids(got->device_ids, got->n_device_ids);
		expect(got->n_device_ids == (size_t)asked->allocation_size,
		       "another number of units");
		for (j = 0; j < got->n_device_ids; j++)
			expect(among(got->device_ids[j],
				     asked->available_device_ids,
				     asked->n_available_device_ids),
			       "a unit that was not offered");
		for (j = 0; j < asked->n_must_include_device_ids; j++)
			expect(among(asked->must_include_device_ids[j],
				     got->device_ids, got->n_device_ids),
			       "a unit that had to be included");
	}
}

static void judge(enum answer_method method, const uint8_t *data, size_t size,
		  const struct answer *reply)
{
	const ProtobufCMessageDescriptor *in =
		&preferred_allocation_request__descriptor;
	const ProtobufCMessageDescriptor *out =
		&preferred_allocation_response__descriptor;
	ProtobufCMessage *asked, *got;

	if (method == METHOD_ALLOCATE) {
		in = &allocate_request__descriptor;
		out = &allocate_response__descriptor;
	} else if (method != METHOD_PREFERRED) {
		return;
	}
	asked = protobuf_c_message_unpack(in, NULL, size, data);
	got = protobuf_c_message_unpack(out, NULL, reply->len, reply->data);
	expect(asked && got, "a message that cannot be read");
	if (method == METHOD_ALLOCATE)
		judge_allocate((const void *)asked, (const void *)got);
	else
		judge_prefer((const void *)asked, (const void *)got);
	protobuf_c_message_free_unpacked(asked, NULL);
	protobuf_c_message_free_unpacked(got, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum answer_method method;
	uint8_t *message = NULL;
	struct answer reply;

	if (!size)
		return 0;
	method = (enum answer_method)(*data % (METHOD_UNKNOWN + 1));
	if (*data & 0x80) {
		size = compose(method, data + 1, size - 1, &message);
	} else {
		size--;
		message = malloc(size ? size : 1);
		memcpy(message, data + 1, size);
	}
	answer(&inventory, method, message, size, &reply);
	if (reply.code == ANSWER_OK) {
		expect(reply.data, "no answer and no refusal");
		judge(method, message, size, &reply);
	} else {
		expect(!reply.data && reply.why[0],
		       "a refusal without a reason");
	}
	free(reply.data);
	free(message);
	return 0;
}
