// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzing of what vgpu-oci-hook reads: the first byte chooses a parser, the rest
 * is its document. A refusal must have a sentence and leave nothing behind; what
 * is taken must be a quota that the module could be asked for.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocated.h"
#include "annotations.h"
#include "answer.h"
#include "checkpoint.h"
#include "config.h"
#include "container.h"
#include "env.h"
#include "resolve.h"
#include "state.h"
#include "units.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LINES	32

/* One claim that was there before, which a refusal must leave. */
static struct claims claims;
static struct refusal why;

static void expect(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static void check_claim(const struct claim *claim)
{
	expect(!!memchr(claim->device, '\0', sizeof(claim->device)),
	       "a name without an end");
	expect(claim->share == PART_UNSET || claim->share <= PART_ALL,
	       "a share above all");
	expect(claim->compute == PART_UNSET || claim->compute <= PART_ALL,
	       "more time than there is");
	expect(claim->weight <= WEIGHT_MAX, "a weight out of range");
	expect(claim->source && *claim->source, "from nobody");
}

static void check(int err)
{
	static struct quotas quotas;
	static struct notes notes;
	size_t i;

	expect(!err == !why.text[0], "a refusal without a sentence, or against");
	expect(!err || claims.n == 1, "a refusal that leaves something behind");
	for (i = 0; i < claims.n; i++)
		check_claim(&claims.item[i]);
	if (err)
		return;
	notes.n = 0;
	err = resolve(&claims, NULL, &quotas, &notes, &why);
	expect(!err || why.text[0], "no quotas, and no sentence");
	for (i = 0; !err && i < quotas.n; i++)
		expect(quotas.item[i].memory <= claims.item[0].memory,
		       "a quota above one that is for every device");
}

static const char *line_at(const void *from, const char *name)
{
	const char *const *lines = from;

	for (; *lines; lines += 2)
		if (!strcmp(lines[0], name))
			return lines[1];
	return NULL;
}

static const char *line_next(const void *from, const char *name)
{
	const char *const *lines = from;

	while (name && lines[0] != name)
		lines += 2;
	return name ? lines[2] : lines[0];
}

/* Cut the text into lines; NULL behind the last, twice and more. */
static size_t cut(char *text, const char *lines[LINES + 3])
{
	size_t n = 0;

	memset(lines, 0, (LINES + 3) * sizeof(*lines));
	for (text = strtok(text, "\n"); text && n < LINES;
	     text = strtok(NULL, "\n"))
		lines[n++] = text;
	return n;
}

static int read_annotations(char *text)
{
	const char *lines[LINES + 3], *seen[LINES + 3] = { 0 };
	struct annotations a = {
		.at = line_at, .next = line_next, .from = seen,
		.source = "fuzz", .container = "app",
	};
	size_t i, n = cut(text, lines), to = 0;

	/* A name has one value. */
	for (i = 0; i + 1 < n; i += 2) {
		if (line_at(seen, lines[i]))
			continue;
		seen[to++] = lines[i];
		seen[to++] = lines[i + 1];
	}
	return annotations_claims(&a, &claims, &why);
}

static int read_config(const char *text, size_t len)
{
	struct config config;
	int err = config_parse(text, len, &config, &why);

	if (err)
		return err;
	err = env_claims(config.env, config.env_n, "fuzz", &claims, &why);
	config_free(&config);
	return err;
}

static int read_units(const char *text)
{
	uint64_t number;
	uint32_t part = 0;

	units_number(text, &number);
	units_mib(text, &number);
	units_hami_size(text, &number);
	units_quantity(text, &number);
	units_fraction(text, &part);
	expect(part <= PART_ALL, "more than all");
	return 0;
}

static int read_one(uint8_t which, char *text, size_t len)
{
	static struct state state;
	char path[PATH_MAX];
	const char *lines[LINES + 3];
	bool several;
	int err;

	switch (which % 9) {
	case 0:
		return state_parse(text, &state, &why);
	case 1:
		return read_config(text, len);
	case 2:
		return env_claims(lines, cut(text, lines), "fuzz", &claims,
				  &why);
	case 3:
		return read_annotations(text);
	case 4:
		return allocated_list("fuzz", text, &several, &claims, &why);
	case 5:
		return allocated_koordinator("fuzz", text, &claims, &why);
	case 6:
		return checkpoint_claims(text, len, "uid", "app", &claims,
					 &several, &why);
	case 7:
		err = answer_claims(text, &claims, &why);
		/* Whoever calls it takes back what it added. */
		if (err)
			claims.n = 1;
		return err;
	default:
		err = cgroup_unified(text, path, &why);
		expect(err || path[0] == '/', "a cgroup that is no path");
		return err ? err : read_units(text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!size)
		return 0;
	text = malloc(size);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	claims.item[0] = claim_empty("the first");
	claims.item[0].memory = 1ULL << 40;
	claims.n = 1;
	why.text[0] = '\0';
	check(read_one(data[0], text, strlen(text)));
	free(text);
	return 0;
}
