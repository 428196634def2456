// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-tool cdi: a specification of the Container Device Interface. It has no
 * parameters: a name is a device with its quota, so that there is one for each
 * choice.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nodes.h"
#include "output.h"
#include "size.h"

/* The first version in which a name may begin with a digit. */
#define CDI_VERSION	"0.5.0"
#define CHOICES		64
#define PATH_TEXT	128

enum {
	OPT_DEVICE = 1,
	OPT_MEMORY,
	OPT_COMPUTE,
	OPT_KIND,
	OPT_HOOK,
};

/**
 * struct choices - the values of one option
 * @value: as typed
 * @n: how many
 */
struct choices {
	const char *value[CHOICES];
	size_t n;
};

/**
 * struct cdi - the arguments
 * @device: of which devices
 * @memory: how much memory
 * @compute: how much time
 * @kind: of the devices
 * @hook: path of the hook
 */
struct cdi {
	struct choices device;
	struct choices memory;
	struct choices compute;
	const char *kind;
	const char *hook;
};

static int choose(struct tool *tool, struct choices *choices,
		  const char *value)
{
	if (choices->n == CHOICES)
		return tool_usage(tool, "at most %d of each option", CHOICES);
	choices->value[choices->n++] = value;
	return STATUS_OK;
}

static int take(struct tool *tool, void *to, int option, char *value)
{
	const uint64_t any = 0;
	struct cdi *cdi = to;
	uint64_t bytes;
	char *end;
	long part;

	switch (option) {
	case OPT_DEVICE:
		return choose(tool, &cdi->device, value);
	case OPT_MEMORY:
		if (size_parse(value, &any, &bytes) ||
		    bytes == LIBVGPU_UNLIMITED)
			return tool_usage(tool, "--memory: %s is no limit; %s",
					  value, SIZE_ALLOWED);
		return choose(tool, &cdi->memory, value);
	case OPT_COMPUTE:
		part = strtol(value, &end, 10);
		if (*value < '0' || *value > '9' || *end || part < 1 ||
		    part > 100)
			return tool_usage(tool, "--compute: %s is no number from 1 to 100",
					  value);
		return choose(tool, &cdi->compute, value);
	case OPT_KIND:
		cdi->kind = value;
		return STATUS_OK;
	default:
		if (*value != '/')
			return tool_usage(tool, "--hook: %s is no absolute path",
					  value);
		cdi->hook = value;
		return STATUS_OK;
	}
}

/* VENDOR/CLASS: letters, digits, and - _ . between them, . only in VENDOR. */
static bool kind_is_good(const char *kind)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char vendor[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	static const char class[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	size_t len = strspn(kind, vendor);

	if (kind[len] != '/' || !strchr(letters, kind[0]) ||
	    !kind[0] || !kind[len + 1] || !strchr(letters, kind[len + 1]))
		return false;
	kind += len + 1;
	return !kind[strspn(kind, class)];
}

static void add_node(struct json_object *nodes, const char *path)
{
	struct json_object *node;

	if (access(path, F_OK))
		return;
	node = json_object_new_object();
	json_put_text(node, "path", path);
	json_object_array_add(nodes, node);
}

/* The nodes of a device, by its aliases. */
static struct json_object *nodes_of(const struct vgpu_device *dev)
{
	struct json_object *nodes = json_object_new_array();
	const char *alias, *folder;
	char path[PATH_TEXT];
	bool nvidia = false;
	size_t i;

	for (i = 0; (alias = vgpu_device_alias_at(dev, i)); i++) {
		folder = node_folder(alias);
		if (!folder)
			continue;
		snprintf(path, sizeof(path), "/dev/%s%s", folder, alias);
		add_node(nodes, path);
		nvidia = nvidia || !*folder;
	}
	if (nvidia) {
		add_node(nodes, "/dev/nvidiactl");
		add_node(nodes, "/dev/nvidia-uvm");
	}
	return nodes;
}

/*
 * What a device is called within the specification: its shortest alias, but not
 * another once nvidia-drm is there, too.
 */
static const char *short_name(const struct vgpu_device *dev)
{
	const char *name = vgpu_device_name(dev), *alias;
	size_t i;

	for (i = 0; (alias = vgpu_device_alias_at(dev, i)); i++) {
		if (!strncmp(alias, "nvidia", strlen("nvidia")))
			return alias;
		if (strlen(alias) < strlen(name))
			name = alias;
	}
	return name;
}

static void add_word(struct json_object *words, const char *word)
{
	json_object_array_add(words, json_object_new_string(word));
}

static struct json_object *hook_of(const struct cdi *cdi,
				   const struct vgpu_device *dev,
				   const char *memory, const char *compute)
{
	struct json_object *hook = json_object_new_object();
	struct json_object *args = json_object_new_array();

	add_word(args, "vgpu-oci-hook");
	add_word(args, "--device");
	add_word(args, vgpu_device_name(dev));
	add_word(args, "--memory");
	add_word(args, memory);
	if (compute) {
		add_word(args, "--compute");
		add_word(args, compute);
	}
	json_put_text(hook, "hookName", "createRuntime");
	json_put_text(hook, "path", cdi->hook);
	json_object_object_add(hook, "args", args);
	return hook;
}

static struct json_object *device_json(const struct cdi *cdi,
				       const struct vgpu_device *dev,
				       const char *memory, const char *compute)
{
	struct json_object *device = json_object_new_object();
	struct json_object *edits = json_object_new_object();
	struct json_object *hooks = json_object_new_array();
	char name[LIBVGPU_NAME_MAX + 64], *c;

	snprintf(name, sizeof(name), "%s-%s%s%s%s", short_name(dev), memory,
		 compute ? "-" : "", compute ? compute : "",
		 compute ? "c" : "");
	for (c = name; *c; c++)
		if (*c == '%')
			*c = 'p';
	json_object_array_add(hooks, hook_of(cdi, dev, memory, compute));
	json_object_object_add(edits, "deviceNodes", nodes_of(dev));
	json_object_object_add(edits, "hooks", hooks);
	json_put_text(device, "name", name);
	json_object_object_add(device, "containerEdits", edits);
	return device;
}

static void add_grid(const struct cdi *cdi, const struct vgpu_device *dev,
		     struct json_object *devices)
{
	struct json_object *device;
	size_t m, c;

	for (m = 0; m < cdi->memory.n; m++) {
		/* Without a word on time, one with none. */
		for (c = 0; c < cdi->compute.n || !c; c++) {
			device = device_json(cdi, dev, cdi->memory.value[m],
					     cdi->compute.value[c]);
			json_object_array_add(devices, device);
		}
	}
}

static int add_named(struct tool *tool, const struct cdi *cdi,
		     struct json_object *devices)
{
	struct vgpu_device *dev;
	size_t i;
	int err;

	for (i = 0; i < cdi->device.n; i++) {
		err = vgpu_device_get(tool->ctx, cdi->device.value[i], &dev);
		if (err)
			return tool_fail(tool, err, "%s: %s",
					 cdi->device.value[i],
					 vgpu_ctx_error(tool->ctx));
		add_grid(cdi, dev, devices);
		vgpu_device_free(dev);
	}
	return STATUS_OK;
}

static int add_present(struct tool *tool, const struct cdi *cdi,
		       struct json_object *devices)
{
	const struct vgpu_device *dev;
	struct vgpu_device_list *list;
	size_t i;
	int err;

	err = vgpu_device_list_get(tool->ctx, &list);
	if (err)
		return tool_fail_lib(tool, err);
	for (i = 0; (dev = vgpu_device_list_at(list, i)); i++)
		if (vgpu_device_present(dev))
			add_grid(cdi, dev, devices);
	vgpu_device_list_free(list);
	if (!json_object_array_length(devices))
		return tool_fail(tool, -ENODEV, "no device is present");
	return STATUS_OK;
}

int cmd_cdi_generate(struct tool *tool, int argc, char **argv)
{
	static const struct arg_option options[] = {
		{ "device", OPT_DEVICE, true },
		{ "memory", OPT_MEMORY, true },
		{ "compute", OPT_COMPUTE, true },
		{ "kind", OPT_KIND, true },
		{ "hook", OPT_HOOK, true },
		{ 0 },
	};
	struct cdi cdi = { .kind = "vgpu.io/gpu",
			   .hook = "/usr/bin/vgpu-oci-hook" };
	struct json_object *spec, *devices;
	int status;

	status = args_read(tool, argc, argv, &(struct arg_reader){
		options, take, &cdi, NULL,
	});
	if (status >= 0)
		return status;
	if (!cdi.memory.n)
		return tool_usage(tool, "give at least one --memory");
	if (!kind_is_good(cdi.kind))
		return tool_usage(tool,
				  "--kind: %s is not of the form VENDOR/CLASS, as vgpu.io/gpu",
				  cdi.kind);
	spec = json_object_new_object();
	devices = json_object_new_array();
	json_put_text(spec, "cdiVersion", CDI_VERSION);
	json_put_text(spec, "kind", cdi.kind);
	json_object_object_add(spec, "devices", devices);
	status = cdi.device.n ? add_named(tool, &cdi, devices) :
				add_present(tool, &cdi, devices);
	if (status) {
		json_object_put(spec);
		return status;
	}
	/* JSON whatever was asked for; people read it too. */
	tool->pretty = tool->pretty || !tool->json;
	return output_json(tool, spec);
}
