// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "judge.h"

#define DIRECTORY "/sys/kernel/debug/fakegpu"

/**
 * judge_load() - load the mock
 * @params: of nvidia.ko, such as "release=580 gpus=2"
 *
 * Return: did it load?
 */
bool judge_load(const char *params)
{
	char command[256];

	snprintf(command, sizeof(command),
		 "modprobe nvidia %s && modprobe nvidia-uvm", params);
	return !system(command);
}

bool judge_unload(void)
{
	return !system("modprobe -r nvidia-uvm nvidia");
}

/* A number that the mock tells; UINT64_MAX if it tells none. */
uint64_t judge_value(const char *name)
{
	uint64_t value = UINT64_MAX;
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), DIRECTORY "/%s", name);
	file = fopen(path, "r");
	if (!file)
		return value;
	if (fscanf(file, "%" SCNi64, (int64_t *)&value) != 1)
		value = UINT64_MAX;
	fclose(file);
	return value;
}

bool judge_set(const char *name, long long value)
{
	char path[128];
	bool done;
	FILE *file;

	snprintf(path, sizeof(path), DIRECTORY "/%s", name);
	file = fopen(path, "w");
	if (!file)
		return false;
	done = fprintf(file, "%lld\n", value) > 0;
	return !fclose(file) && done;
}

static uint64_t of_gpu(unsigned int gpu, const char *what)
{
	char name[32];

	snprintf(name, sizeof(name), "gpu%u/%s", gpu, what);
	return judge_value(name);
}

uint64_t judge_used(unsigned int gpu)
{
	return of_gpu(gpu, "used");
}

uint64_t judge_high(unsigned int gpu)
{
	return of_gpu(gpu, "high");
}

uint64_t judge_total(unsigned int gpu)
{
	return of_gpu(gpu, "total");
}

void judge_reset_high(unsigned int gpu)
{
	char name[32];

	snprintf(name, sizeof(name), "gpu%u/high", gpu);
	judge_set(name, 0);
}

uint64_t judge_objects(void)
{
	return judge_value("objects");
}

/* Bytes of the clients of that handle, or of that process if it is 0. */
static uint64_t client_sum(uint32_t client, int pid, unsigned int gpu)
{
	uint64_t sum = 0, bytes[4];
	uint32_t handle, objects;
	char line[256];
	FILE *file;
	int owner;

	file = fopen(DIRECTORY "/clients", "r");
	if (!file)
		return UINT64_MAX;
	while (fgets(line, sizeof(line), file)) {
		int n = sscanf(line, "%" SCNx32 " %d %" SCNu32 " %" SCNu64
			       " %" SCNu64 " %" SCNu64 " %" SCNu64,
			       &handle, &owner, &objects, &bytes[0], &bytes[1],
			       &bytes[2], &bytes[3]);

		if (n < (int)gpu + 4)
			continue;
		if (client ? handle == client : owner == pid)
			sum += bytes[gpu];
	}
	fclose(file);
	return sum;
}

uint64_t judge_client_bytes(uint32_t client, unsigned int gpu)
{
	return client_sum(client, 0, gpu);
}

uint64_t judge_pid_bytes(int pid, unsigned int gpu)
{
	return client_sum(0, pid, gpu);
}
