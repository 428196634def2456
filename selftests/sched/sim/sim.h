/* SPDX-License-Identifier: GPL-2.0 */
/* Groups on a simulated engine, whose clock judges. */
#ifndef SIM_H
#define SIM_H

#include "sched.h"

#define US 1000ULL
#define MS 1000000ULL
#define SEC 1000000000ULL
#define SIM_GROUPS 10001

struct sim_group {
	struct vgpu_sched_node node;
	u64 job;		/* ns; 0: it submits nothing */
	u64 estimate;
	u64 got;		/* by the engine's clock */
	u64 last_end;
	bool wants;
	bool woken;
};

struct sim {
	struct vgpu_sched sched;
	struct sim_group *groups;	/* the first is the root */
	u32 ngroups;
	bool gated;
	u64 now;
	u64 armed;
	u64 idle;
	u64 turns;
	struct sim_job {
		struct sim_group *group;
		u64 estimate, ns;
	} *queue;
	u32 head, tail;
};

struct sim *sim_new(bool gated);
void sim_free(struct sim *sim);
u32 sim_group(struct sim *sim, u32 parent, u64 job);
int sim_set(struct sim *sim, u32 group, u32 weight, u32 min, u32 max,
	    enum vgpu_sched_priority priority, bool frozen);
void sim_job(struct sim *sim, u32 group, u64 job);
void sim_queue(struct sim *sim, struct sim_group *group, u64 estimate, u64 ns);
void sim_run(struct sim *sim, u64 ns);
void sim_reset(struct sim *sim);

#endif /* SIM_H */
