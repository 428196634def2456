// SPDX-License-Identifier: GPL-2.0
/*
 * Controls that tell which processes used a GPU, and how much: samples of its
 * engines (ctrl2080perf.h) and the accounting of processes (ctrl0000gpuacct.h).
 * Here every process that has a client has used it, to a figure made from its
 * number.
 */
#include <linux/kernel.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "control.h"
#include "release.h"

#define SAMPLES		72
#define ACCOUNTED	4000
#define NO_PID		(~0U)	/* NV2080_GPUMON_PID_INVALID */
#define TRANSLATES	570	/* the first release that asks osFindNsPid() here */

/* NV2080_CTRL_PERF_GPUMON_ENGINE_UTIL_SAMPLE, as far as it is filled in */
struct engine {
	u32 util;
	u32 scale;
	u32 pid;
	u32 sub_pid;
	char sub_name[100];
	u64 os_pid;	/* from 570 */
};

/* NV0000_CTRL_GPUACCT_GET_PROC_ACCOUNTING_INFO_PARAMS */
struct accounted {
	u32 gpu_id;
	u32 pid;
	u32 sub_pid;
	u32 gpu_util;
	u32 fb_util;
	u32 pad;
	u64 max_fb;
	u64 start;
	u64 end;
};

/* NV0000_CTRL_GPUACCT_GET_ACCOUNTING_PIDS_PARAMS */
struct accounted_pids {
	u32 gpu_id;
	u32 pid;
	u32 table[ACCOUNTED];
	u32 count;
};

static_assert(offsetof(struct engine, os_pid) == 120);
static_assert(sizeof(struct accounted) == 48);
static_assert(sizeof(struct accounted_pids) == 16012);

/*
 * subdeviceCtrlCmdPerfGetGpumonPerfmonUtilSamplesV2_KERNEL(), kern_perf_ctrl.c:
 * a process that the caller's namespace does not have keeps its number, and the
 * pointer to it; to the initial namespace all do.
 */
static void name_process(struct engine *engine, struct mock_client *client)
{
	engine->pid = client->pid;
	if (mock_release->nr < TRANSLATES)
		return;
	engine->os_pid = (unsigned long)client->tgid;
	if (task_active_pid_ns(current) == &init_pid_ns ||
	    !mock_client_nr(client))
		return;
	engine->pid = mock_client_nr(client);
	engine->os_pid = 0;
}

/*
 * A sample for each client, in the second engine of each, and one in which no
 * process was active.
 */
u32 mock_ctl_samples(struct mock_ctl *ctl)
{
	struct mock_client *client;
	struct engine *engine;
	u32 *words = ctl->params;
	u8 *sample = ctl->params + 16;
	u32 i = 0;

	memset(sample, 0, ctl->size - 16);
	list_for_each_entry(client, &mock_clients, node) {
		if (i == SAMPLES - 1)
			break;
		engine = (struct engine *)(sample + 8 + mock_release->engine);
		engine->util = 100 + client->pid % 100;
		name_process(engine, client);
		sample += mock_release->sample;
		i++;
	}
	engine = (struct engine *)(sample + 8 + mock_release->engine);
	engine->pid = NO_PID;
	engine->sub_pid = NO_PID;
	words[2] = i + 1;
	return NV_OK;
}

/* lookupPid(), client_resource.c: what it finds is told to the caller, too. */
static u32 look_up(u32 pid)
{
	struct mock_client *client;

	list_for_each_entry(client, &mock_clients, node)
		if (mock_release->nr >= TRANSLATES &&
		    mock_client_nr(client) == pid)
			return client->pid;
	return pid;
}

u32 mock_ctl_accounted(struct mock_ctl *ctl)
{
	struct accounted *info = ctl->params;
	struct mock_client *client;

	if (!mock_gpu_by_id(info->gpu_id))
		return NV_ERR_INVALID_ARGUMENT;
	info->pid = look_up(info->pid);
	list_for_each_entry(client, &mock_clients, node) {
		if (client->pid != info->pid)
			continue;
		info->gpu_util = info->pid % 100 + 1;
		info->fb_util = 1;
		info->max_fb = info->pid;
		return NV_OK;
	}
	return NV_ERR_OBJECT_NOT_FOUND;
}

u32 mock_ctl_accounted_pids(struct mock_ctl *ctl)
{
	struct accounted_pids *pids = ctl->params;
	struct mock_client *client;

	if (!mock_gpu_by_id(pids->gpu_id))
		return NV_ERR_INVALID_ARGUMENT;
	pids->count = 0;
	list_for_each_entry(client, &mock_clients, node)
		if (pids->count < ACCOUNTED)
			pids->table[pids->count++] = client->pid;
	return NV_OK;
}
