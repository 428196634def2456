// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzing of configuration files: what is taken must be sections with a name and
 * changes that name what they set; a mistake must not be success.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool good)
{
	if (!good)
		abort();
}

static void check(const struct conf *conf)
{
	const struct conf_group *group;
	size_t i, j;

	for (i = 0; i < conf->n; i++) {
		group = conf->group[i];
		expect(group->where && *group->name);
		expect(group->quotas.n <= LIBVGPU_QUOTAS_MAX);
		expect(group->missing <= CONF_MISSING_CREATE);
		for (j = 0; j < i; j++)
			expect(strcmp(group->name, conf->group[j]->name));
		for (j = 0; j < group->quotas.n; j++)
			expect(group->quotas.change[j].device || !j);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tool tool = { 0 };
	struct conf conf = { 0 };
	char *text = malloc(size + 1);
	int status;

	memcpy(text, data, size);
	text[size] = '\0';
	status = conf_parse(&tool, "fuzz", text, &conf);
	expect(!tool.where);
	expect(status == STATUS_OK || status == STATUS_USAGE);
	if (!status)
		check(&conf);
	conf_free(&conf);
	return 0;
}
