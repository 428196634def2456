// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-tool doctor: is everything in place on this host?
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup.h"
#include "doctor.h"

static const char * const severities[] = {
	[SEVERITY_OK] = "ok",
	[SEVERITY_NOTE] = "note",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_ERROR] = "error",
};

/* Record a finding; remedy is NULL where there is nothing to do. */
void doctor_find(struct doctor *doctor, enum severity severity,
		 const char *check, const char *remedy, const char *fmt, ...)
{
	struct json_object *object;
	va_list args;
	char *text;

	va_start(args, fmt);
	text = text_of(fmt, args);
	va_end(args);
	if (severity > doctor->worst)
		doctor->worst = severity;
	if (doctor->array) {
		object = json_object_new_object();
		json_put_text(object, "check", check);
		json_put_text(object, "severity", severities[severity]);
		json_put_text(object, "finding", text);
		json_put_text(object, "remedy", remedy ? remedy : "");
		json_object_array_add(doctor->array, object);
	} else {
		print_line("%-8s %s: %s", severities[severity], check, text);
		if (remedy)
			printf("%-8s -> %s\n", "", remedy);
	}
	free(text);
}

/* Returns 0 where the module can be asked more. */
static int examine_module(struct doctor *doctor)
{
	struct vgpu_info *info;
	int err;

	err = vgpu_info_get(doctor->tool->ctx, &info);
	if (err == -ENOPKG) {
		doctor_find(doctor, SEVERITY_ERROR, "module",
			    "modprobe vgpu; for every boot: echo vgpu >/etc/modules-load.d/vgpu.conf",
			    "the vgpu module is not loaded");
		return err;
	}
	if (err) {
		doctor_find(doctor, SEVERITY_ERROR, "module",
			    "see the kernel log (dmesg)",
			    "the module does not answer: %s",
			    vgpu_ctx_error(doctor->tool->ctx));
		return err;
	}
	if (strcmp(vgpu_info_version(info), TOOL_VERSION))
		doctor_find(doctor, SEVERITY_WARNING, "module",
			    "install module and tools of one version",
			    "version %s is loaded, and these tools are of version %s",
			    vgpu_info_version(info), TOOL_VERSION);
	else
		doctor_find(doctor, SEVERITY_OK, "module", NULL,
			    "version %s is loaded", vgpu_info_version(info));
	if (vgpu_info_cgroup2(info))
		doctor_find(doctor, SEVERITY_OK, "cgroup", NULL,
			    "cgroup v2 is in use");
	else
		doctor_find(doctor, SEVERITY_ERROR, "cgroup",
			    "boot with systemd.unified_cgroup_hierarchy=1, or mount -t cgroup2 none /sys/fs/cgroup/unified",
			    "no cgroup v2 hierarchy is in use, so no quota can bind");
	if (vgpu_info_cgroup_events(info))
		doctor_find(doctor, SEVERITY_OK, "cgroup events", NULL,
			    "the removal of cgroups is noticed at once");
	else
		doctor_find(doctor, SEVERITY_WARNING, "cgroup events",
			    "use a kernel with CONFIG_TRACEPOINTS and the cgroup tracepoints",
			    "the removal of cgroups is noticed late: the kernel lacks their tracepoints");
	vgpu_info_free(info);
	return 0;
}

/* A hierarchy that this process cannot see is of no use to it. */
static void examine_mount(struct doctor *doctor)
{
	struct cgroup_mount mount;

	if (cgroup_mount_find(&mount))
		doctor_find(doctor, SEVERITY_OK, "cgroup mount", NULL,
			    "cgroup v2 is mounted on %s", mount.dir);
	else
		doctor_find(doctor, SEVERITY_ERROR, "cgroup mount",
			    "mount -t cgroup2 none /sys/fs/cgroup",
			    "cgroup v2 is not mounted here");
}

static void examine_devices(struct doctor *doctor)
{
	struct vgpu_device_list *list;
	const struct vgpu_device *dev;
	unsigned int present = 0;
	size_t i;

	if (vgpu_device_list_get(doctor->tool->ctx, &list)) {
		doctor_find(doctor, SEVERITY_ERROR, "devices",
			    "see the kernel log (dmesg)",
			    "the module does not list them: %s",
			    vgpu_ctx_error(doctor->tool->ctx));
		return;
	}
	doctor->devices = list;
	for (i = 0; (dev = vgpu_device_list_at(list, i)); i++) {
		if (vgpu_device_present(dev)) {
			present++;
			doctor_find(doctor, SEVERITY_OK, "device", NULL,
				    "%s, driver %s", vgpu_device_name(dev),
				    vgpu_device_driver(dev));
		} else {
			doctor_find(doctor, SEVERITY_NOTE, "device",
				    "if it is not to come: vgpu-tool group reset CGROUP --device with that name",
				    "%s is absent, and a quota waits for it",
				    vgpu_device_name(dev));
		}
	}
	if (!present)
		doctor_find(doctor, SEVERITY_WARNING, "device",
			    "load the GPU's kernel driver (lspci -k names it)",
			    "no device is present");
}

static int examine(struct doctor *doctor)
{
	int err;

	err = examine_module(doctor);
	examine_mount(doctor);
	if (!err) {
		examine_devices(doctor);
		doctor_drivers(doctor);
		doctor_cards(doctor);
	}
	doctor_servers(doctor);
	if (err == -ENOPKG)
		return STATUS_ABSENT;
	return doctor->worst == SEVERITY_ERROR ? STATUS_FAILED : STATUS_OK;
}

int cmd_doctor(struct tool *tool, int argc, char **argv)
{
	struct doctor doctor = { .tool = tool };
	int err, status;

	if (!args_none(tool, argc, argv, &status))
		return status;
	if (tool->json)
		doctor.array = json_object_new_array();
	status = examine(&doctor);
	if (doctor.array) {
		err = output_json(tool, doctor.array);
		status = status ? status : err;
	}
	vgpu_device_list_free(doctor.devices);
	if (status == STATUS_ABSENT)
		tool_fail(tool, -ENOPKG, "the vgpu module is not loaded");
	else if (status == STATUS_FAILED)
		tool_say(tool, "something is amiss: see the errors above");
	return status;
}
