// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzing of what vgpu-exporter makes of the path of a cgroup, which whoever
 * may create cgroups chooses: the labels are valid UTF-8 on one line, their
 * quotes stand where they must, and ids are what they are said to be.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "place.h"
#include "utf8.h"

static void expect(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

/* NAME="VALUE" once; where it ends. */
static const char *one_label(const char *s)
{
	s += strspn(s, "abcdefghijklmnopqrstuvwxyz_");
	expect(s[0] == '=' && s[1] == '"', "no name before a value");
	for (s += 2; *s != '"'; s++) {
		expect(*s && *s != '\n', "a value without an end");
		if (*s == '\\')
			expect(strspn(++s, "\\\"n"), "an unknown escape");
	}
	return s + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kubelet kubelet = { .dir = "/nonexistent" };
	char *path = malloc(size + 1);
	struct text text = { 0 };
	struct place place;
	const char *s;

	expect(path, "no memory");
	memcpy(path, data, size);
	path[size] = '\0';
	text_label(&text, "cgroup", path);
	place_parse(path, &place);
	place_labels(&text, &place, &kubelet);
	text_end(&text);
	expect(utf8_valid(text.data), "no UTF-8");
	for (s = one_label(text.data); *s; s = one_label(s + 1))
		expect(*s == ',', "no comma between labels");
	expect(!*place.container_id ||
	       strlen(place.container_id) == PLACE_ID, "a short container id");
	expect(!place.container || *place.container_id, "a container without id");
	text_end(&text);
	text.len = 0;
	text_json(&text, path);
	text_end(&text);
	expect(utf8_valid(text.data), "no UTF-8 in JSON");
	text_free(&text);
	free(path);
	return 0;
}
