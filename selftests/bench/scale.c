// SPDX-License-Identifier: GPL-2.0
/*
 * What must stay the same with many groups and many objects: the cost of an
 * object; and the kernel memory that each group and each object takes, judged
 * by what the whole guest has left.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vgpu/group.h>

#include "bench.h"
#include "cgroup.h"
#include "tap.h"

#define DUMPS	5

static uint64_t *groups;	/* ids of cgroups */

static void group_dir(unsigned int i, char dir[static 300])
{
	char base[256];

	snprintf(dir, 300, "%s/many-%u", cg_dir("", base), i);
}

static void groups_create(void)
{
	struct stat st;
	char dir[300];
	unsigned int i;

	groups = calloc(nr_groups, sizeof(*groups));
	if (!groups)
		bail("calloc");
	for (i = 0; i < nr_groups; i++) {
		group_dir(i, dir);
		if (mkdir(dir, 0755) || stat(dir, &st))
			bail("%s", dir);
		groups[i] = st.st_ino;
	}
}

static void groups_remove(void)
{
	char dir[300];
	unsigned int i;

	for (i = 0; i < nr_groups; i++) {
		group_dir(i, dir);
		if (rmdir(dir))
			bail("%s", dir);
	}
	free(groups);
}

/* Guest time of the fastest of several complete dumps, in milliseconds. */
static double dump(void)
{
	struct vgpu_group_list *list;
	uint64_t took, best = UINT64_MAX;
	unsigned int i;

	for (i = 0; i < DUMPS; i++) {
		took = instructions();
		if (vgpu_group_list_get(vgpu, NULL, &list))
			bail("vgpu_group_list_get: %s", vgpu_ctx_error(vgpu));
		took = instructions() - took;
		if (!vgpu_group_list_at(list, nr_groups - 1))
			bail("the dump lacks groups");
		vgpu_group_list_free(list);
		best = took < best ? took : best;
	}
	return best / 1e6;
}

/* What an object of vgem costs in the deepest of the limited cgroups. */
static double cost(void)
{
	double instructions;

	levels_enter();
	instructions = object_cost(&makers[0]);
	cg_leave();
	return instructions;
}

static double percent(double with, double without)
{
	return (with / without - 1) * 100;
}

void group_rows(void)
{
	const char *card = drm_card("vgem");
	double without, few, many, used;
	unsigned int i;

	without = cost();
	vgpu_in(NULL);
	levels_limit(card);
	cost();
	few = cost() - without;

	groups_create();
	used = memory_used();
	for (i = 0; i < nr_groups; i++)
		quota_put(groups[i], card, MIB);
	used = memory_used() - used;
	many = cost() - without;
	row_print(&(struct row){
		.name = "object-with-10000-groups",
		.value = percent(many, few), .baseline = few, .budget = 10,
		.unit = "percent", .count = nr_groups,
	});
	row_print(&(struct row){
		.name = "kernel-memory-group-device",
		.value = used / nr_groups, .budget = 1024,
		.unit = "bytes", .count = nr_groups,
	});
	row_print(&(struct row){
		.name = "dump-10000-groups",
		.value = dump(), .budget = 30,
		.unit = "milliseconds", .count = nr_groups,
	});
	groups_remove();
	vgpu_out();
}

static int objects_create(void)
{
	int fd = drm_open("vgem");
	uint32_t handle;
	unsigned int i;

	for (i = 0; i < nr_objects; i++)
		if (drm_dumb(fd, PAGE, &handle))
			bail("object %u", i);
	return fd;
}

/*
 * The objects are there first, so that the cost without vgpu is that of a
 * driver with as many; loaded then, vgpu adopts them.
 */
void object_rows(void)
{
	const char *card = drm_card("vgem");
	double few, many, loaded, used;
	int fd;

	few = cost();
	used = memory_used();
	vgpu_in("kernel_memory_max=1073741824");
	loaded = memory_used() - used;
	levels_limit(card);
	cost();
	few = cost() - few;
	vgpu_out();

	fd = objects_create();
	many = cost();
	used = memory_used();
	vgpu_in("kernel_memory_max=1073741824");
	used = memory_used() - used - loaded;
	levels_limit(card);
	if (charged_of(1, card) < nr_objects * PAGE)
		bail("not every object was adopted");
	cost();
	many = cost() - many;
	row_print(&(struct row){
		.name = "object-with-1000000-objects",
		.value = percent(many, few), .baseline = few, .budget = 10,
		.unit = "percent", .count = nr_objects,
	});
	row_print(&(struct row){
		.name = "kernel-memory-object",
		.value = used / nr_objects, .budget = 256,
		.unit = "bytes", .count = nr_objects,
	});
	close(fd);
	vgpu_out();
}
