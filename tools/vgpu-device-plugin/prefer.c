// SPDX-License-Identifier: GPL-2.0
/*
 * GetPreferredAllocation: units of one device. Of several that have enough it is
 * the one with the fewest left, so that large requests still find room.
 */
#include <string.h>

#include "message.h"

/**
 * struct choice - what is chosen for one container
 * @inventory: from which
 * @request: what the kubelet offers and wants
 * @unit: of each id that is offered
 * @taken: whether it is chosen
 * @left: how many of each device are offered and not chosen
 * @gpu: the device of those that are chosen, or INVENTORY_GPUS
 * @id: the ids that are chosen
 * @n: how many
 */
struct choice {
	const struct inventory *inventory;
	const ContainerPreferredAllocationRequest *request;
	struct unit *unit;
	bool *taken;
	size_t left[INVENTORY_GPUS];
	size_t gpu;
	char **id;
	size_t n;
};

static void take(struct choice *choice, size_t index)
{
	choice->gpu = choice->unit[index].gpu;
	choice->taken[index] = true;
	choice->left[choice->gpu]--;
	choice->id[choice->n++] = choice->request->available_device_ids[index];
}

/* What is offered. */
static bool offer(struct choice *choice, struct set *set, struct answer *out)
{
	const ContainerPreferredAllocationRequest *request = choice->request;
	size_t i;

	for (i = 0; i < request->n_available_device_ids; i++) {
		const char *id = request->available_device_ids[i];

		if (!answer_unit(choice->inventory, id, &choice->unit[i],
				 out) ||
		    !set_add(set, choice->unit[i], id, out))
			return false;
		choice->left[choice->unit[i].gpu]++;
	}
	return true;
}

/* What must be among the chosen. */
static bool include(struct choice *choice, struct answer *out)
{
	const ContainerPreferredAllocationRequest *request = choice->request;
	size_t i, j, n = request->n_available_device_ids;

	for (i = 0; i < request->n_must_include_device_ids; i++) {
		const char *id = request->must_include_device_ids[i];

		for (j = 0; j < n; j++) {
			if (!strcmp(id, request->available_device_ids[j]))
				break;
		}
		if (j == n || choice->taken[j] ||
		    (i && choice->unit[j].gpu != choice->gpu)) {
			answer_refuse(out, ANSWER_INVALID,
				      "%.64s: must be included, but %s", id,
				      j == n ? "is not available" :
				      choice->taken[j] ?
					       "is named twice" :
					       "is of another device");
			return false;
		}
		take(choice, j);
	}
	return true;
}

/* The device to take from; INVENTORY_GPUS where none has that many left. */
static size_t best(const struct choice *choice, size_t want, size_t *most)
{
	size_t best = INVENTORY_GPUS, i;

	*most = 0;
	for (i = 0; i < choice->inventory->n; i++) {
		if (choice->gpu != INVENTORY_GPUS && choice->gpu != i)
			continue;
		if (choice->left[i] > *most)
			*most = choice->left[i];
		if (choice->left[i] >= want &&
		    (best == INVENTORY_GPUS ||
		     choice->left[i] < choice->left[best]))
			best = i;
	}
	return best;
}

static bool fill(struct choice *choice, size_t want, struct answer *out)
{
	size_t gpu, most, i;

	gpu = best(choice, want - choice->n, &most);
	if (gpu == INVENTORY_GPUS) {
		answer_refuse(out, ANSWER_PRECONDITION,
			      "%zu units are wanted of one device, and the most that one has left is %zu",
			      want, choice->n + most);
		return false;
	}
	for (i = 0; choice->n < want; i++) {
		if (!choice->taken[i] && choice->unit[i].gpu == gpu)
			take(choice, i);
	}
	return true;
}

static bool choose(const struct inventory *inventory,
		   const ContainerPreferredAllocationRequest *request,
		   ContainerPreferredAllocationResponse *response,
		   struct arena *arena, struct answer *out)
{
	struct choice choice = {
		.inventory = inventory,
		.request = request,
		.gpu = INVENTORY_GPUS,
	};
	size_t n = request->n_available_device_ids;
	struct set set = set_make(inventory, arena);

	choice.unit = arena_take(arena, n, sizeof(*choice.unit));
	choice.taken = arena_take(arena, n, sizeof(*choice.taken));
	choice.id = arena_take(arena, n, sizeof(*choice.id));
	if (arena->failed)
		return false;
	if (request->allocation_size <= 0 ||
	    (size_t)request->allocation_size > n ||
	    request->n_must_include_device_ids >
		    (size_t)request->allocation_size) {
		answer_refuse(out, ANSWER_INVALID,
			      "%d of %zu units cannot be chosen, %zu among them",
			      request->allocation_size, n,
			      request->n_must_include_device_ids);
		return false;
	}
	if (!offer(&choice, &set, out) || !include(&choice, out) ||
	    !fill(&choice, (size_t)request->allocation_size, out))
		return false;
	container_preferred_allocation_response__init(response);
	response->n_device_ids = choice.n;
	response->device_ids = choice.id;
	return true;
}

void prefer(const struct inventory *inventory,
	    const PreferredAllocationRequest *request, struct arena *arena,
	    struct answer *out)
{
	PreferredAllocationResponse message =
		PREFERRED_ALLOCATION_RESPONSE__INIT;
	size_t n = request->n_container_requests, i;
	ContainerPreferredAllocationResponse *response;

	response = arena_take(arena, n, sizeof(*response));
	message.container_responses = arena_take(arena, n, sizeof(response));
	if (arena->failed)
		return;
	for (i = 0; i < n; i++) {
		message.container_responses[i] = &response[i];
		if (!choose(inventory, request->container_requests[i],
			    &response[i], arena, out))
			return;
	}
	message.n_container_responses = n;
	answer_pack(out, &message.base);
}
