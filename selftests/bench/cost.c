// SPDX-License-Identifier: GPL-2.0
/*
 * The budgets of memory quotas, each measured: one JSON object a line. Run as
 * root in a guest with --icount and 4 GiB of memory. The exit status is 1 if
 * any row is outside its budget.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "cgroup.h"

unsigned int nr_groups = 10000;
unsigned int nr_objects = 1000000;

static const struct part {
	const char *name;
	void (*rows)(void);
} parts[] = {
	{ "path", path_rows },
	{ "groups", group_rows },
	{ "bind", bind_rows },
	{ "objects", object_rows },
	{ "nvidia", nvidia_rows },
};

static int usage(void)
{
	fprintf(stderr,
		"usage: cost [--groups N] [--objects N] [path|groups|bind|objects|nvidia]\n");
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "groups", required_argument, NULL, 'g' },
		{ "objects", required_argument, NULL, 'o' },
		{ }
	};
	const char *only = NULL;
	unsigned int i, ran = 0;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'g')
			nr_groups = atoi(optarg);
		else if (option == 'o')
			nr_objects = atoi(optarg);
		else
			return usage();
	}
	if (optind < argc)
		only = argv[optind++];
	if (optind < argc || !nr_groups || !nr_objects)
		return usage();

	bench_setup();
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (only && strcmp(only, parts[i].name))
			continue;
		parts[i].rows();
		ran++;
	}
	cg_teardown();
	if (!ran)
		return usage();
	return !rows_within();
}
