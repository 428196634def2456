// SPDX-License-Identifier: GPL-2.0
/*
 * The judge's view, /sys/kernel/debug/fakegpu/:
 *
 *	gpuN/total	bytes of video memory
 *	gpuN/used	bytes that somebody holds
 *	gpuN/high	the most that were held; writing anything resets it
 *	gpuN/allocs	pieces ever allocated
 *	gpuN/parts	a line each that MIG made of it: number, bytes of memory,
 *			bytes that somebody holds, the most that were held
 *	idle_calls	FIFO_IDLE_CHANNELS so far
 *	slept		how often a GPU was put to sleep
 *	objects		live objects, roots and internal ones left out
 *	clients		a line each: handle, pid, objects, and for each GPU
 *			bytes it is charged for
 *	tree		a line each object: client, handle, parent, class, bytes,
 *			holders of its memory, whether it is scheduled, timeslice
 *
 * What runs is told by debug_engine.c. Counters are read under the heap's lock
 * and change with the heap, before the call that changed them returns.
 */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>

#include "client.h"
#include "control.h"
#include "debug.h"
#include "engine.h"
#include "fault.h"
#include "sleep.h"

static struct dentry *root;

static u64 heap_read(const u64 *value)
{
	u64 ret;

	spin_lock(&mock_heap_lock);
	ret = *value;
	spin_unlock(&mock_heap_lock);
	return ret;
}

static int value_get(void *data, u64 *value)
{
	*value = heap_read(data);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(value_fops, value_get, NULL, "%llu\n");

static int high_get(void *data, u64 *value)
{
	struct mock_heap *heap = data;

	*value = heap_read(&heap->high);
	return 0;
}

static int high_set(void *data, u64 value)
{
	struct mock_heap *heap = data;

	spin_lock(&mock_heap_lock);
	heap->high = heap->used;
	spin_unlock(&mock_heap_lock);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(high_fops, high_get, high_set, "%llu\n");

static int objects_get(void *data, u64 *value)
{
	struct mock_client *client;
	u64 sum = 0;

	mutex_lock(&mock_rm_lock);
	list_for_each_entry(client, &mock_clients, node)
		sum += client->nr;
	mutex_unlock(&mock_rm_lock);
	*value = sum;
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(objects_fops, objects_get, NULL, "%llu\n");

static int clients_show(struct seq_file *m, void *unused)
{
	struct mock_client *client;
	u32 nr;

	mutex_lock(&mock_rm_lock);
	list_for_each_entry(client, &mock_clients, node) {
		seq_printf(m, "%#x %d %u", client->root.handle, client->pid,
			   client->nr);
		for (nr = 0; nr < mock_gpu_count; nr++)
			seq_printf(m, " %llu", heap_read(&client->bytes[nr]));
		seq_putc(m, '\n');
	}
	mutex_unlock(&mock_rm_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(clients);

static size_t holders(struct mock_phys *phys)
{
	struct list_head *node;
	size_t count = 0;

	spin_lock(&mock_heap_lock);
	list_for_each(node, &phys->holders)
		count++;
	spin_unlock(&mock_heap_lock);
	return count;
}

static bool scheduled(const struct mock_object *object)
{
	return object->channel && object->channel->enabled &&
	       object->channel->listed;
}

static void tree_line(struct seq_file *m, const struct mock_object *object)
{
	struct mock_phys *phys = object->holder.phys;

	seq_printf(m, "%#x %#x %#x %#x %llu %zu %d %llu\n",
		   object->client->root.handle, object->handle,
		   object->parent->handle, object->class, phys ? phys->size : 0,
		   phys ? holders(phys) : 0, scheduled(object),
		   object->tsg ? object->tsg->timeslice : 0);
}

static int tree_show(struct seq_file *m, void *unused)
{
	struct mock_client *client;
	struct mock_object *object;
	unsigned long handle;

	mutex_lock(&mock_rm_lock);
	list_for_each_entry(client, &mock_clients, node) {
		xa_for_each(&client->objects, handle, object) {
			if (object->parent)
				tree_line(m, object);
		}
	}
	mutex_unlock(&mock_rm_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(tree);

static int parts_show(struct seq_file *m, void *unused)
{
	struct mock_gpu *gpu = m->private;
	struct mock_part *part;
	u32 i;

	mutex_lock(&mock_rm_lock);
	for (i = 0; i < MOCK_PARTS; i++) {
		part = &gpu->parts[i];
		if (part->valid)
			seq_printf(m, "%u %llu %llu %llu\n", part->swizz,
				   part->heap.total,
				   heap_read(&part->heap.used),
				   heap_read(&part->heap.high));
	}
	mutex_unlock(&mock_rm_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(parts);

static void gpu_debugfs(struct mock_gpu *gpu)
{
	struct mock_heap *heap = &gpu->heap;
	struct dentry *dir;
	char name[8];

	snprintf(name, sizeof(name), "gpu%u", gpu->nr);
	dir = debugfs_create_dir(name, root);
	debugfs_create_file_unsafe("total", 0444, dir, &heap->total,
				   &value_fops);
	debugfs_create_file_unsafe("used", 0444, dir, &heap->used, &value_fops);
	debugfs_create_file_unsafe("high", 0644, dir, heap, &high_fops);
	debugfs_create_file_unsafe("allocs", 0444, dir, &heap->allocs,
				   &value_fops);
	debugfs_create_file("parts", 0444, dir, gpu, &parts_fops);
	mock_engine_debugfs(gpu, dir);
}

void mock_debug_init(void)
{
	u32 nr;

	root = debugfs_create_dir("fakegpu", NULL);
	for (nr = 0; nr < mock_gpu_count; nr++)
		gpu_debugfs(&mock_gpus[nr]);
	debugfs_create_file_unsafe("objects", 0444, root, NULL, &objects_fops);
	debugfs_create_file("clients", 0444, root, NULL, &clients_fops);
	debugfs_create_file("tree", 0444, root, NULL, &tree_fops);
	mock_fault_debugfs(root);
	mock_sleep_debugfs(root);
	mock_runlist_debugfs(root);
	mock_doorbell_debugfs(root);
	debugfs_create_u64("idle_calls", 0444, root, &mock_idle_calls);
}

void mock_debug_exit(void)
{
	debugfs_remove(root);
	mock_fault_release();
}
