// SPDX-License-Identifier: GPL-2.0
/*
 * Memory in a GPU's address space (NVOS46, NVOS47). What is mapped where is kept
 * so that the engine finds what lies there; page tables cost nothing, and the
 * address is always the one that was asked for. It is looked for among all
 * address spaces of the client.
 */
#include <linux/slab.h>

#include "engine.h"
#include "release.h"
#include "rm.h"

/**
 * struct dma_mapping - memory that is mapped
 * @node: in mappings
 * @memory: unmapped when this goes
 * @dma: or this
 * @va: where
 * @size: bytes
 * @offset: into the memory
 */
struct dma_mapping {
	struct list_head node;
	struct mock_object *memory;
	struct mock_object *dma;
	u64 va;
	u64 size;
	u64 offset;
};

/* mock_rm_lock */
static LIST_HEAD(mappings);

static u32 find_both(const struct mock_caller *caller, const struct os46 *p,
		     struct mock_object **memory, struct mock_object **dma)
{
	struct mock_client *client;
	u32 status = mock_client_get(caller, p->client, &client);

	if (status)
		return status;
	*memory = mock_object_find(client, p->memory);
	*dma = mock_object_find(client, p->dma);
	return *memory && *dma ? NV_OK : NV_ERR_OBJECT_NOT_FOUND;
}

static u32 map_locked(const struct mock_caller *caller, const struct os46 *p)
{
	struct mock_object *memory, *dma;
	struct dma_mapping *mapping;
	u32 status = find_both(caller, p, &memory, &dma);

	/* What has no memory has nothing to read. */
	if (status || !memory->holder.phys)
		return status;
	mapping = kzalloc(sizeof(*mapping), GFP_KERNEL);
	if (!mapping)
		return NV_ERR_NO_MEMORY;
	mapping->memory = memory;
	mapping->dma = dma;
	mapping->va = *(u64 *)((u8 *)p + mock_release->os46_out);
	mapping->size = p->length;
	mapping->offset = p->offset;
	list_add(&mapping->node, &mappings);
	return NV_OK;
}

u32 mock_map_dma(const struct mock_caller *caller, const struct os46 *p)
{
	u32 status;

	mutex_lock(&mock_rm_lock);
	status = map_locked(caller, p);
	mutex_unlock(&mock_rm_lock);
	return status;
}

static void unmap(struct dma_mapping *mapping)
{
	list_del(&mapping->node);
	kfree(mapping);
}

static u32 unmap_locked(const struct mock_caller *caller, const struct os46 *p)
{
	struct mock_object *memory, *dma;
	struct dma_mapping *mapping;
	u32 status = find_both(caller, p, &memory, &dma);
	/* NVOS47_PARAMETERS.dmaOffset, where NVOS46 has its length */
	u64 va = p->length;

	if (status)
		return status;
	list_for_each_entry(mapping, &mappings, node) {
		if (mapping->memory == memory && mapping->dma == dma &&
		    mapping->va == va) {
			unmap(mapping);
			break;
		}
	}
	return NV_OK;
}

u32 mock_unmap_dma(const struct mock_caller *caller, const struct os46 *p)
{
	u32 status;

	mutex_lock(&mock_rm_lock);
	status = unmap_locked(caller, p);
	mutex_unlock(&mock_rm_lock);
	return status;
}

/* An object goes, and with it what is mapped of it or in it. */
void mock_dma_forget(struct mock_object *object)
{
	struct dma_mapping *mapping, *next;

	list_for_each_entry_safe(mapping, next, &mappings, node) {
		if (mapping->memory == object || mapping->dma == object)
			unmap(mapping);
	}
}

/**
 * mock_dma_find() - what lies at an address
 * @client: in an address space of that client
 * @va: the address
 * @size: bytes that have to be there in one piece
 * @offset: where they are in the memory
 *
 * Context: With the RM lock.
 * Return: the memory, without a reference of its own, or NULL.
 */
struct mock_phys *mock_dma_find(u32 client, u64 va, u64 size, u64 *offset)
{
	struct dma_mapping *mapping;
	u64 at;

	list_for_each_entry(mapping, &mappings, node) {
		at = va - mapping->va;
		if (mapping->memory->client->root.handle != client ||
		    va < mapping->va || size > mapping->size ||
		    at > mapping->size - size)
			continue;
		*offset = mapping->offset + at;
		return mapping->memory->holder.phys;
	}
	return NULL;
}
