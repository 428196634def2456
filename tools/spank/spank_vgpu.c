// SPDX-License-Identifier: GPL-2.0
/*
 * spank_vgpu.so: a job of Slurm gets the part of a GPU that its shards are, in
 * memory and in time, and cannot take more.
 *
 * slurmctld is asked what it allocated. The job's environment tells that too,
 * but whoever submits the job writes there. The quota stands on the cgroup of
 * the job, which its steps and tasks share, before any of them runs. A step
 * that wants less has a quota of its own below that.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>
#include <slurm/spank.h>

#include <vgpu/vgpu.h>

#include "array.h"
#include "gres.h"

SPANK_PLUGIN(vgpu, 1);

/**
 * struct setup - arguments in plugstack.conf
 * @shards: shards of each GPU, as in gres.conf
 * @device: names of Slurm's GPUs for vgpu; NULL for nvidiaN
 * @devices: how many were named
 * @optional: let jobs run where the module is not loaded
 */
static struct setup {
	uint64_t shards;
	char *device[GRES_GPUS];
	unsigned int devices;
	bool optional;
} setup;

static struct wish wish = { LIBVGPU_UNLIMITED, 0 };

static int option_memory(int val, const char *value, int remote)
{
	(void)val;
	(void)remote;
	if (!value || wish_memory(value, &wish.memory)) {
		slurm_error("--vgpu-mem %s: it takes a size, as 4096M or 4G",
			    value ? value : "");
		return -1;
	}
	return 0;
}

static int option_compute(int val, const char *value, int remote)
{
	(void)val;
	(void)remote;
	if (!value || wish_compute(value, &wish.compute)) {
		slurm_error("--vgpu-compute %s: it takes percent, above 0 to 100",
			    value ? value : "");
		return -1;
	}
	return 0;
}

static struct spank_option options[] = {
	{ "vgpu-mem", "SIZE",
	  "take no more GPU memory than this; less than the shards are", 1, 0,
	  option_memory },
	{ "vgpu-compute", "PERCENT",
	  "take no more GPU time than this; less than the shards are", 1, 0,
	  option_compute },
};

static int read_devices(char *list)
{
	char *name, *rest = list;

	while ((name = strsep(&rest, ","))) {
		if (!*name || setup.devices == GRES_GPUS)
			return -1;
		setup.device[setup.devices++] = name;
	}
	return 0;
}

static int read_argument(char *arg)
{
	char *end;

	if (!strncmp(arg, "shards=", 7) && arg[7] >= '1' && arg[7] <= '9') {
		setup.shards = strtoul(arg + 7, &end, 10);
		return *end ? -1 : 0;
	}
	if (!strncmp(arg, "devices=", 8))
		return read_devices(strdup(arg + 8));
	if (!strcmp(arg, "optional")) {
		setup.optional = true;
		return 0;
	}
	return -1;
}

int slurm_spank_init(spank_t spank, int ac, char **av)
{
	size_t i;
	int n;

	for (n = 0; n < ac; n++) {
		if (read_argument(av[n])) {
			slurm_error("vgpu: %s: there are shards=N, devices=NAME,... and optional",
				    av[n]);
			return -1;
		}
	}
	if (spank_context() != S_CTX_LOCAL &&
	    spank_context() != S_CTX_ALLOCATOR &&
	    spank_context() != S_CTX_REMOTE)
		return 0;
	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (spank_option_register(spank, &options[i]))
			return -1;
	return 0;
}

/* What was allocated on this node, of the nodes of a job. */
static const char *node_detail(const job_info_t *job)
{
	char name[HOST_NAME_MAX + 1] = "";
	hostlist_t nodes;
	int at;

	if (job->gres_detail_cnt <= 1)
		return job->gres_detail_cnt ? job->gres_detail_str[0] : "";
	gethostname(name, sizeof(name) - 1);
	name[strcspn(name, ".")] = '\0';
	nodes = slurm_hostlist_create(job->nodes);
	at = nodes ? slurm_hostlist_find(nodes, name) : -1;
	if (nodes)
		slurm_hostlist_destroy(nodes);
	if (at < 0 || (uint32_t)at >= job->gres_detail_cnt)
		return NULL;
	return job->gres_detail_str[at];
}

/* Asked for one task of an array, slurmctld may tell of all. */
static const char *job_detail(const job_info_msg_t *answer, uint32_t id)
{
	uint32_t i;

	for (i = 0; i < answer->record_count; i++)
		if (answer->job_array[i].job_id == id)
			return node_detail(&answer->job_array[i]);
	return NULL;
}

/* The shares of a job; 0 or -1, and then it is told why. */
static int read_shares(uint32_t id, struct share *share)
{
	job_info_msg_t *answer = NULL;
	const char *detail;
	int err = -1;

	if (slurm_load_job(&answer, id, SHOW_DETAIL) || !answer) {
		slurm_error("vgpu: slurmctld does not tell what job %u has: %s",
			    id, slurm_strerror(errno));
		return -1;
	}
	detail = job_detail(answer, id);
	if (detail)
		err = gres_parse(detail, setup.shards, share);
	if (err)
		slurm_error("vgpu: job %u: no shares in \"%s\"; is shards=N in plugstack.conf?",
			    id, detail ? detail : "");
	slurm_free_job_info_msg(answer);
	return err ? -1 : 0;
}

/* The cgroup of a task, cut behind the part that begins with @name. */
static int find_cgroup(pid_t pid, const char *name, char *path, size_t size)
{
	char file[64], line[PATH_MAX] = "", *at;
	FILE *f;

	snprintf(file, sizeof(file), "/proc/%d/cgroup", (int)pid);
	f = fopen(file, "re");
	while (f && fgets(line, sizeof(line), f) && strncmp(line, "0::/", 4))
		;
	if (f)
		fclose(f);
	at = strncmp(line, "0::/", 4) ? NULL : strstr(line + 3, name);
	if (!at) {
		slurm_error("vgpu: process %d: no cgroup/v2 of a job; see cgroup.conf",
			    (int)pid);
		return -1;
	}
	at[1 + strcspn(at + 1, "/\n")] = '\0';
	snprintf(path, size, "%s", line + 3);
	return 0;
}

static void device_name(unsigned int index, char *name, size_t size)
{
	if (index < setup.devices)
		snprintf(name, size, "%s", setup.device[index]);
	else
		snprintf(name, size, "nvidia%u", index);
}

/**
 * struct limits - quotas for the job and for the step, of all devices
 * @job: of the job
 * @step: of the step, smaller
 * @name: of the devices
 * @id: of the devices, 0 where vgpu does not know it yet
 * @parent: of the devices that are parts of one, or 0
 * @given: the job has a part of it
 * @n: how many
 */
struct limits {
	struct vgpu_quota_change job[GRES_GPUS];
	struct vgpu_quota_change step[GRES_GPUS];
	char name[GRES_GPUS][LIBVGPU_NAME_MAX];
	uint32_t id[GRES_GPUS];
	uint32_t parent[GRES_GPUS];
	bool given[GRES_GPUS];
	unsigned int n;
};

static void set_change(struct vgpu_quota_change *change, const char *device,
		       uint64_t memory, uint32_t compute)
{
	*change = (struct vgpu_quota_change){
		.sz = sizeof(*change),
		.device = device,
		.set = LIBVGPU_QUOTA_MEMORY,
		.memory_max = memory,
	};
	/* No time at all cannot be said, and without memory is not needed. */
	if (compute) {
		change->set |= LIBVGPU_QUOTA_COMPUTE_MAX;
		change->compute_max = compute;
	}
}

/* A GPU of which a job has a part. */
static int add_part(struct limits *limits, const struct share *share,
		    const struct vgpu_device *dev)
{
	const char *name = limits->name[limits->n];
	uint64_t total, memory = LIBVGPU_UNLIMITED;
	uint32_t compute = share_compute(share);

	if (share->part < share->whole) {
		if (vgpu_device_memory_total(dev, &total)) {
			slurm_error("vgpu: the driver of %s does not say how much memory it has",
				    name);
			return -1;
		}
		memory = share_memory(share, total);
	}
	if (wish.memory != LIBVGPU_UNLIMITED && wish.memory > memory) {
		slurm_error("vgpu: --vgpu-mem: %ju of %s are more than the %ju allocated",
			    (uintmax_t)wish.memory, name, (uintmax_t)memory);
		return -1;
	}
	if (wish.compute > compute) {
		slurm_error("vgpu: --vgpu-compute: %u.%02u %% of %s is more than %u.%02u %%",
			    wish.compute / 100, wish.compute % 100, name,
			    compute / 100, compute % 100);
		return -1;
	}
	set_change(&limits->job[limits->n], name, memory, compute);
	set_change(&limits->step[limits->n], name,
		   wish.memory < memory ? wish.memory : memory,
		   wish.compute ? wish.compute : compute);
	return 0;
}

static uint32_t parent_of(const struct vgpu_device *dev)
{
	uint32_t parent;

	return vgpu_device_parent(dev, &parent) ? 0 : parent;
}

/* The device of the last name is through. */
static void add(struct limits *limits, const struct vgpu_device *dev,
		bool given)
{
	limits->id[limits->n] = dev ? vgpu_device_id(dev) : 0;
	limits->parent[limits->n] = dev ? parent_of(dev) : 0;
	limits->given[limits->n] = given;
	limits->n++;
}

/* What was not allocated, its name the last. */
static void shut(struct limits *limits, const struct vgpu_device *dev)
{
	set_change(&limits->job[limits->n], limits->name[limits->n], 0, 0);
	limits->step[limits->n] = limits->job[limits->n];
	add(limits, dev, false);
}

static bool is_added(const struct limits *limits, uint32_t id)
{
	unsigned int i;

	for (i = 0; i < limits->n; i++)
		if (limits->id[i] == id)
			return true;
	return false;
}

static int add_device(struct limits *limits, struct vgpu_ctx *ctx,
		      unsigned int index, const struct share *share)
{
	struct vgpu_device *dev;
	int err;

	/* Those that nobody named are shut with all others. */
	if (!share->part && index >= setup.devices)
		return 0;
	device_name(index, limits->name[limits->n], LIBVGPU_NAME_MAX);
	err = vgpu_device_get(ctx, limits->name[limits->n], &dev);
	if (err == -ENODEV && !share->part) {
		/* It may be yet to come. */
		shut(limits, NULL);
		return 0;
	}
	if (err) {
		slurm_error("vgpu: GPU %u: %s", index, vgpu_ctx_error(ctx));
		return -1;
	}
	if (is_added(limits, vgpu_device_id(dev))) {
		slurm_error("vgpu: GPU %u: %s is another one, too; see devices= in plugstack.conf",
			    index, limits->name[limits->n]);
		err = -1;
	} else if (share->part) {
		err = add_part(limits, share, dev);
		add(limits, dev, true);
	} else {
		shut(limits, dev);
	}
	vgpu_device_free(dev);
	return err;
}

/* Has it its quota, by itself or by what of it is the job's? */
static bool is_settled(const struct limits *limits,
		       const struct vgpu_device *dev)
{
	uint32_t id = vgpu_device_id(dev), parent = parent_of(dev);
	unsigned int i;

	if (is_added(limits, id))
		return true;
	for (i = 0; i < limits->n; i++)
		if (limits->given[i] && (limits->parent[i] == id ||
					 limits->id[i] == parent))
			return true;
	return false;
}

/* No index leads to the other GPUs, so nobody has any of them. */
static int add_others(struct limits *limits, struct vgpu_ctx *ctx)
{
	const struct vgpu_device *dev;
	struct vgpu_device_list *list;
	size_t i;

	if (vgpu_device_list_get(ctx, &list)) {
		slurm_error("vgpu: %s", vgpu_ctx_error(ctx));
		return -1;
	}
	for (i = 0; (dev = vgpu_device_list_at(list, i)); i++) {
		if (!vgpu_device_present(dev) || is_settled(limits, dev) ||
		    strcmp(vgpu_device_driver(dev), "nvidia"))
			continue;
		if (limits->n == GRES_GPUS)
			break;
		snprintf(limits->name[limits->n], LIBVGPU_NAME_MAX, "%s",
			 vgpu_device_name(dev));
		shut(limits, dev);
	}
	vgpu_device_list_free(list);
	if (dev)
		slurm_error("vgpu: more than %u GPUs", GRES_GPUS);
	return dev ? -1 : 0;
}

static int set_quota(struct vgpu_ctx *ctx, pid_t pid, const char *part,
		     const struct vgpu_quota_change *changes, size_t n)
{
	char path[PATH_MAX];
	struct vgpu_cgroup cgroup = { .sz = sizeof(cgroup), .path = path };

	if (find_cgroup(pid, part, path, sizeof(path)))
		return -1;
	if (!n || !vgpu_quota_set(ctx, &cgroup, changes, n))
		return 0;
	slurm_error("vgpu: %s: %s", path, vgpu_ctx_error(ctx));
	return -1;
}

static int limit(struct vgpu_ctx *ctx, uint32_t job, pid_t pid)
{
	static struct share share[GRES_GPUS];
	static struct limits limits;
	unsigned int i;

	if (read_shares(job, share))
		return -1;
	limits.n = 0;
	for (i = 0; i < GRES_GPUS; i++)
		if (add_device(&limits, ctx, i, &share[i]))
			return -1;
	if (add_others(&limits, ctx))
		return -1;
	if (set_quota(ctx, pid, "/job_", limits.job, limits.n))
		return -1;
	if (wish.memory == LIBVGPU_UNLIMITED && !wish.compute)
		return 0;
	return set_quota(ctx, pid, "/step_", limits.step, limits.n);
}

/*
 * In slurmstepd, as root: the task is in its cgroup and waits to be run, until
 * all tasks of the step do. One of them is enough to ask for: they share the
 * cgroups that have quotas. The step that takes in what comes from elsewhere,
 * as by ssh, has none; slurmstepd itself is below the cgroup of the job.
 */
int slurm_spank_task_post_fork(spank_t spank, int ac, char **av)
{
	static bool done;
	struct vgpu_info *info;
	struct vgpu_ctx *ctx;
	uint32_t job;
	pid_t pid;
	int err;

	(void)ac;
	(void)av;
	if (done)
		return 0;
	if (spank_get_item(spank, S_TASK_PID, &pid))
		pid = getpid();
	if (spank_get_item(spank, S_JOB_ID, &job) || vgpu_ctx_create(&ctx)) {
		slurm_error("vgpu: slurmstepd does not tell the job");
		return -1;
	}
	err = vgpu_info_get(ctx, &info);
	if (err == -ENOPKG && setup.optional) {
		err = 0;
	} else if (err) {
		slurm_error("vgpu: %s", vgpu_ctx_error(ctx));
	} else {
		vgpu_info_free(info);
		err = limit(ctx, job, pid);
	}
	vgpu_ctx_free(ctx);
	done = !err;
	return err ? -1 : 0;
}
