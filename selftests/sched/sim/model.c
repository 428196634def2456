// SPDX-License-Identifier: GPL-2.0
/*
 * Naive and exact: from the root down, what a group has is poured over its
 * children that have work. Guarantees come first, then one priority after the
 * other, each by weight between guarantee and cap.
 */
#include "model.h"

struct pour {
	double weight, lo, hi, *share;
};

static u32 parent_of(const struct sim *sim, u32 i)
{
	return container_of(sim->groups[i].node.parent, struct sim_group,
			    node) - sim->groups;
}

static double clamped(const struct pour *to, double level)
{
	double x = to->weight * level;

	return x < to->lo ? to->lo : x > to->hi ? to->hi : x;
}

/* By bisection of the level that makes the sum come out. */
static double pour(struct pour *to, u32 n, double amount)
{
	double low = 0, high = 1e9, mid, sum = 0;
	u32 i, turn;

	for (turn = 0; turn < 120; turn++) {
		mid = (low + high) / 2;
		for (sum = 0, i = 0; i < n; i++)
			sum += clamped(&to[i], mid);
		if (sum < amount)
			low = mid;
		else
			high = mid;
	}
	for (sum = 0, i = 0; i < n; i++)
		sum += *to[i].share = clamped(&to[i], low);
	return sum;
}

/* More is promised than there is. */
static void shrink(const struct sim *sim, u32 parent, double amount,
		   const double *hi, double *share)
{
	struct pour *to = calloc(sim->ngroups, sizeof(*to));
	u32 i, n = 0;

	for (i = 1; i < sim->ngroups; i++) {
		double min = sim->groups[i].node.params.min;

		if (parent_of(sim, i) == parent && min && hi[i] > 0)
			to[n++] = (struct pour) {
				min, 0, min < hi[i] ? min : hi[i], &share[i]
			};
	}
	pour(to, n, amount);
	free(to);
}

static void divide(const struct sim *sim, u32 parent, const double *hi,
		   double *share)
{
	struct pour *to = calloc(sim->ngroups, sizeof(*to));
	double left = share[parent], promised = 0;
	u32 i, n, priority;

	for (i = 1; i < sim->ngroups; i++) {
		double min = sim->groups[i].node.params.min;

		if (parent_of(sim, i) == parent)
			promised += min < hi[i] ? min : hi[i];
	}
	if (promised > left) {
		shrink(sim, parent, left, hi, share);
		free(to);
		return;
	}
	for (priority = 0; priority < VGPU_SCHED_PRIORITIES; priority++) {
		for (n = 0, i = 1; i < sim->ngroups; i++) {
			const struct vgpu_sched_params *params =
				&sim->groups[i].node.params;
			double min = params->min < hi[i] ? params->min : hi[i];

			if (parent_of(sim, i) != parent ||
			    params->priority != priority || hi[i] <= 0)
				continue;
			to[n++] = (struct pour) { params->weight, min, hi[i],
						  &share[i] };
			promised -= min;
		}
		if (n)
			left -= pour(to, n, left - promised);
	}
	free(to);
}

/* Only leaves have work. @share is in hundredths of a percent. */
void model_shares(const struct sim *sim, double *share)
{
	double *hi = calloc(sim->ngroups, sizeof(*hi));
	u32 i;

	for (i = sim->ngroups; i--;) {
		const struct vgpu_sched_node *node = &sim->groups[i].node;

		if (sim->groups[i].job)
			hi[i] = VGPU_SCHED_FULL;
		if (hi[i] > node->params.max)
			hi[i] = node->params.max;
		if (node->params.frozen)
			hi[i] = 0;
		if (i)
			hi[parent_of(sim, i)] += hi[i];
		share[i] = 0;
	}
	share[0] = hi[0];
	for (i = 0; i < sim->ngroups; i++)
		if (sim->groups[i].node.nchildren && share[i] > 0)
			divide(sim, i, hi, share);
	free(hi);
}
