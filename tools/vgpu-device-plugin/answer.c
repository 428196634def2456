// SPDX-License-Identifier: GPL-2.0
/*
 * Questions and answers.
 */
#include <string.h>

#include "message.h"

/* 32,767 ids are half of that. */
#define QUESTION_MAX	(4U << 20)
/* The kubelet asks for one; each costs us memory. */
#define CONTAINERS_MAX	64

static void answer_options(struct answer *out)
{
	DevicePluginOptions message = DEVICE_PLUGIN_OPTIONS__INIT;

	message.get_preferred_allocation_available = true;
	answer_pack(out, &message.base);
}

static void answer_list(const struct inventory *inventory, struct arena *arena,
			struct answer *out)
{
	ListAndWatchResponse message = LIST_AND_WATCH_RESPONSE__INIT;
	size_t n = inventory_units(inventory);
	Device *device = arena_take(arena, n, sizeof(*device));
	char(*id)[INVENTORY_ID] = arena_take(arena, n, sizeof(*id));
	struct unit unit;

	message.devices = arena_take(arena, n, sizeof(*message.devices));
	if (arena->failed)
		return;
	for (unit.gpu = 0; unit.gpu < inventory->n; unit.gpu++) {
		const struct gpu *gpu = &inventory->gpu[unit.gpu];

		for (unit.unit = 0; unit.unit < gpu->units; unit.unit++) {
			device__init(device);
			inventory_id(inventory, unit, *id);
			device->id = *id++;
			device->health =
				(char *)(uintptr_t)(gpu->present ? "Healthy" :
								   "Unhealthy");
			message.devices[message.n_devices++] = device++;
		}
	}
	answer_pack(out, &message.base);
}

/* A container is about to start: is all that it was given still there? */
static void answer_pre_start(const struct inventory *inventory,
			     const PreStartContainerRequest *request,
			     struct answer *out)
{
	PreStartContainerResponse message = PRE_START_CONTAINER_RESPONSE__INIT;
	struct unit unit;
	size_t i;

	for (i = 0; i < request->n_devices_ids; i++) {
		if (!answer_unit(inventory, request->devices_ids[i], &unit,
				 out))
			return;
	}
	answer_pack(out, &message.base);
}

static const ProtobufCMessageDescriptor *question(enum answer_method method)
{
	switch (method) {
	case METHOD_PREFERRED:
		return &preferred_allocation_request__descriptor;
	case METHOD_ALLOCATE:
		return &allocate_request__descriptor;
	case METHOD_PRE_START:
		return &pre_start_container_request__descriptor;
	default:
		return &empty__descriptor;
	}
}

static size_t containers(enum answer_method method,
			 const ProtobufCMessage *message)
{
	if (method == METHOD_PREFERRED)
		return ((const PreferredAllocationRequest *)message)
			->n_container_requests;
	if (method == METHOD_ALLOCATE)
		return ((const AllocateRequest *)message)->n_container_requests;
	return 0;
}

static void dispatch(const struct inventory *inventory,
		     enum answer_method method, const ProtobufCMessage *message,
		     struct arena *arena, struct answer *out)
{
	switch (method) {
	case METHOD_OPTIONS:
		answer_options(out);
		break;
	case METHOD_LIST:
		answer_list(inventory, arena, out);
		break;
	case METHOD_PREFERRED:
		prefer(inventory, (const void *)message, arena, out);
		break;
	case METHOD_ALLOCATE:
		allocate(inventory, (const void *)message, arena, out);
		break;
	case METHOD_PRE_START:
		answer_pre_start(inventory, (const void *)message, out);
		break;
	case METHOD_UNKNOWN:
		answer_refuse(out, ANSWER_UNIMPLEMENTED, "no such method");
		break;
	}
}

void answer(const struct inventory *inventory, enum answer_method method,
	    const void *data, size_t len, struct answer *out)
{
	struct arena arena = { .block = NULL };
	ProtobufCMessage *message = NULL;

	*out = (struct answer){ .code = ANSWER_INTERNAL };
	if (len <= QUESTION_MAX)
		message = protobuf_c_message_unpack(question(method), NULL, len,
						    data);
	if (!message)
		answer_refuse(out, ANSWER_INVALID,
			      "the message cannot be read");
	else if (containers(method, message) > CONTAINERS_MAX)
		answer_refuse(out, ANSWER_EXHAUSTED,
			      "more than %d containers at once",
			      CONTAINERS_MAX);
	else
		dispatch(inventory, method, message, &arena, out);
	if (arena.failed)
		answer_refuse(out, ANSWER_INTERNAL, "out of memory");
	arena_free(&arena);
	if (message)
		protobuf_c_message_free_unpacked(message, NULL);
}

enum answer_method answer_method(const char *path)
{
	static const char *const names[] = {
		[METHOD_OPTIONS] = "GetDevicePluginOptions",
		[METHOD_LIST] = "ListAndWatch",
		[METHOD_PREFERRED] = "GetPreferredAllocation",
		[METHOD_ALLOCATE] = "Allocate",
		[METHOD_PRE_START] = "PreStartContainer",
	};
	static const char service[] = "/v1beta1.DevicePlugin/";
	size_t i;

	if (strncmp(path, service, sizeof(service) - 1))
		return METHOD_UNKNOWN;
	path += sizeof(service) - 1;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(path, names[i]))
			return (enum answer_method)i;
	}
	return METHOD_UNKNOWN;
}
