// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"

static FILE *open_file(unsigned int gpu, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/kernel/debug/fakegpu/gpu%u/%s", gpu,
		 name);
	return fopen(path, "r");
}

bool clock_engine(unsigned int gpu, const char *engine,
		  struct clock_engine *out)
{
	FILE *file = open_file(gpu, "engine");
	char line[256], name[16];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%15s %" SCNu64 " %" SCNu64 " %" SCNu64
			       " %" SCNu64 " %" SCNu64 " %" SCNu32
			       " %" SCNu32, name, &out->at, &out->busy,
			       &out->lost, &out->jobs, &out->preemptions,
			       &out->groups, &out->stopped) == 8 &&
			!strcmp(name, engine);
	if (file)
		fclose(file);
	return found;
}

bool clock_tsg(unsigned int gpu, uint32_t client, uint32_t handle,
	       struct clock_tsg *out)
{
	FILE *file = open_file(gpu, "tsgs");
	uint32_t of, name;
	bool found = false;
	char line[256];

	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%" SCNx32 " %" SCNx32 " %" SCNu32
			       " %*s %*d %" SCNu64 " %15s %" SCNu64
			       " %" SCNu64 " %" SCNu64 " %" SCNu64
			       " %" SCNu32, &of, &name, &out->id,
			       &out->cgroup, out->state, &out->timeslice,
			       &out->busy, &out->jobs, &out->preemptions,
			       &out->queued) == 10 &&
			of == client && (!handle || name == handle);
	if (file)
		fclose(file);
	return found;
}

uint64_t clock_cgroup(unsigned int gpu, const char *engine, uint64_t cgroup)
{
	FILE *file = open_file(gpu, "cgroups");
	uint64_t id, busy = 0, value;
	char line[256], name[16];

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%15s %" SCNu64 " %" SCNu64, name, &id,
			   &value) == 3 &&
		    id == cgroup && !strcmp(name, engine))
			busy = value;
	}
	if (file)
		fclose(file);
	return busy;
}
