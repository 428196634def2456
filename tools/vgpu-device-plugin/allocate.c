// SPDX-License-Identifier: GPL-2.0
/*
 * Allocate: what a container gets that was given units. Its quota goes into
 * annotations, which vgpu-oci-hook reads and whoever writes the pod cannot set;
 * never into its environment, which they can.
 */
#include <inttypes.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "message.h"

#define ANNOTATIONS	3

/**
 * struct grant - what one container gets
 * @options: what the operator asked for
 * @arena: for what goes into the answer
 * @gpu: of this device
 * @units: so many
 */
struct grant {
	const struct options *options;
	struct arena *arena;
	const struct gpu *gpu;
	uint32_t units;
};

/* The fields of messages are not const, though nobody writes to them. */
static char *text(const char *constant)
{
	return (char *)(uintptr_t)constant;
}

static void annotate(struct grant *grant, ContainerAllocateResponse *response,
		     const char *key, char *value)
{
	ContainerAllocateResponse__AnnotationsEntry *entry;

	entry = arena_take(grant->arena, 1, sizeof(*entry));
	if (!entry || !value)
		return;
	container_allocate_response__annotations_entry__init(entry);
	entry->key = text(key);
	entry->value = value;
	response->annotations[response->n_annotations++] = entry;
}

/* Rounded down, so that all containers together get no more than there is. */
static void add_quota(struct grant *grant, ContainerAllocateResponse *response)
{
	uint64_t part = 10000ULL * grant->units / grant->gpu->units;

	annotate(grant, response, "io.vgpu.devices",
		 arena_text(grant->arena, "%s", grant->gpu->name));
	annotate(grant, response, "io.vgpu.memory",
		 arena_text(grant->arena, "%" PRIu64,
			    grant->gpu->unit * grant->units));
	if (grant->options->compute)
		annotate(grant, response, "io.vgpu.compute",
			 arena_text(grant->arena, "%" PRIu64 ".%02" PRIu64,
				    part / 100, part % 100));
}

/*
 * A node, unless this host has it not: some of NVIDIA's come with use. Not by
 * access(2), which fails where the unit lets nobody open a device.
 */
static void add_node(struct grant *grant, ContainerAllocateResponse *response,
		     const char *node)
{
	char *here =
		arena_text(grant->arena, "%s/%s", grant->options->dev, node);
	char *path = arena_text(grant->arena, "/dev/%s", node);
	DeviceSpec *spec = arena_take(grant->arena, 1, sizeof(*spec));
	struct stat node_stat;

	if (!here || !path || !spec || stat(here, &node_stat))
		return;
	device_spec__init(spec);
	spec->container_path = path;
	spec->host_path = path;
	spec->permissions = text("rw");
	response->devices[response->n_devices++] = spec;
}

/* By the name that NVIDIA's own generator of CDI documents gives, or ours. */
static void add_cdi(struct grant *grant, ContainerAllocateResponse *response)
{
	CDIDevice *cdi = arena_take(grant->arena, 1, sizeof(*cdi));

	if (!cdi)
		return;
	cdidevice__init(cdi);
	cdi->name = arena_text(grant->arena, "%s=%s", grant->options->cdi,
			       grant->gpu->uuid[0] ? grant->gpu->uuid :
						     grant->gpu->name);
	if (cdi->name)
		response->cdi_devices[response->n_cdi_devices++] = cdi;
}

/*
 * NVIDIA's container runtime takes the devices from the environment. Where CDI
 * names them it must not, or a container would get them twice.
 */
static void add_visible(struct grant *grant,
			ContainerAllocateResponse *response)
{
	ContainerAllocateResponse__EnvsEntry *entry;
	char *uuid = arena_text(grant->arena, "%s", grant->gpu->uuid);

	entry = arena_take(grant->arena, 1, sizeof(*entry));
	if (!entry || !uuid)
		return;
	container_allocate_response__envs_entry__init(entry);
	entry->key = text("NVIDIA_VISIBLE_DEVICES");
	entry->value = uuid;
	response->envs[response->n_envs++] = entry;
}

static ContainerAllocateResponse *respond(struct grant *grant)
{
	ContainerAllocateResponse *response;
	size_t i;

	response = arena_take(grant->arena, 1, sizeof(*response));
	if (!response)
		return NULL;
	container_allocate_response__init(response);
	response->envs = arena_take(grant->arena, 1, sizeof(*response->envs));
	response->annotations = arena_take(grant->arena, ANNOTATIONS,
					   sizeof(*response->annotations));
	response->devices = arena_take(grant->arena, INVENTORY_NODES,
				       sizeof(*response->devices));
	response->cdi_devices =
		arena_take(grant->arena, 1, sizeof(*response->cdi_devices));
	if (grant->arena->failed)
		return NULL;
	add_quota(grant, response);
	for (i = 0; grant->options->nodes && i < grant->gpu->nodes; i++)
		add_node(grant, response, grant->gpu->node[i]);
	if (grant->options->cdi[0])
		add_cdi(grant, response);
	else if (grant->gpu->uuid[0])
		add_visible(grant, response);
	return response;
}

/*
 * Count what one container was given. Units of two devices would be half the
 * memory on each, which is not what was asked for.
 */
static bool count(const struct inventory *inventory,
		  const ContainerAllocateRequest *request, struct set *taken,
		  struct grant *grant, struct answer *out)
{
	struct unit unit;
	size_t i;

	grant->gpu = NULL;
	grant->units = 0;
	for (i = 0; i < request->n_devices_ids; i++) {
		const char *id = request->devices_ids[i];

		if (!answer_unit(inventory, id, &unit, out) ||
		    !set_add(taken, unit, id, out))
			return false;
		if (grant->gpu && grant->gpu != &inventory->gpu[unit.gpu]) {
			answer_refuse(out, ANSWER_PRECONDITION,
				      "units of %s and %s for one container, which gets those of one device",
				      grant->gpu->name,
				      inventory->gpu[unit.gpu].name);
			return false;
		}
		grant->gpu = &inventory->gpu[unit.gpu];
		grant->units++;
	}
	if (!grant->gpu)
		answer_refuse(out, ANSWER_INVALID,
			      "a container with no units at all");
	return grant->gpu;
}

void allocate(const struct inventory *inventory, const AllocateRequest *request,
	      struct arena *arena, struct answer *out)
{
	AllocateResponse message = ALLOCATE_RESPONSE__INIT;
	struct grant grant = { .options = inventory->options, .arena = arena };
	struct set taken = set_make(inventory, arena);
	size_t n = request->n_container_requests, i;

	message.container_responses =
		arena_take(arena, n, sizeof(*message.container_responses));
	if (arena->failed)
		return;
	for (i = 0; i < n; i++) {
		if (!count(inventory, request->container_requests[i], &taken,
			   &grant, out))
			return;
		message.container_responses[i] = respond(&grant);
		if (arena->failed)
			return;
	}
	message.n_container_responses = n;
	answer_pack(out, &message.base);
}
