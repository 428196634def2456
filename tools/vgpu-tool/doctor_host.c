// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-tool doctor: drivers, cards that no backend covers, and servers that
 * allocate for others.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cards.h"
#include "doctor.h"
#include "names.h"

/* A driver's points, counted by what has become of them. */
struct points {
	unsigned int all;
	unsigned int lost;
	unsigned int other;	/* stand, but not by ftrace */
};

static struct points count_points(const struct vgpu_driver *drv)
{
	const struct vgpu_point *point;
	struct points points = {};

	for (; (point = vgpu_driver_point_at(drv, points.all)); points.all++) {
		if (vgpu_point_lost(point))
			points.lost++;
		else if (vgpu_point_method(point) != LIBVGPU_METHOD_FTRACE)
			points.other++;
	}
	return points;
}

static void examine_degraded(struct doctor *doctor,
			     const struct vgpu_driver *drv,
			     const struct points *points)
{
	const char *state = name_driver_state(vgpu_driver_state(drv));

	/* A call that meets no point of ours is not there to be refused. */
	if (points->all && points->lost == points->all)
		doctor_find(doctor, SEVERITY_ERROR, "driver",
			    "mend its points, see below, and wait; then detach and attach the driver, for what died meanwhile is still charged",
			    "%s is %s: none of its %u points stands, so what passes there may go uncharged, and past a quota",
			    vgpu_driver_name(drv), state, points->all);
	else
		doctor_find(doctor, SEVERITY_ERROR, "driver",
			    "see the kernel log (dmesg), then detach and attach the driver",
			    "%s is %s: groups with a quota are refused on its lost routes",
			    vgpu_driver_name(drv), state);
}

static void examine_state(struct doctor *doctor,
			  const struct vgpu_driver *drv,
			  const struct points *points)
{
	const char *name = vgpu_driver_name(drv);
	const struct vgpu_stuck *stuck;
	size_t i;

	switch (vgpu_driver_state(drv)) {
	case LIBVGPU_DRIVER_ATTACHED:
		doctor_find(doctor, SEVERITY_OK, "driver", NULL,
			    "%s is attached", name);
		break;
	case LIBVGPU_DRIVER_ABSENT:
		/* Most drivers are absent on most hosts. */
		break;
	case LIBVGPU_DRIVER_DETACHED:
		doctor_find(doctor, SEVERITY_WARNING, "driver",
			    "vgpu-tool driver attach with that name",
			    "%s is detached: nothing that goes through it is charged",
			    name);
		break;
	case LIBVGPU_DRIVER_DRAINING:
		doctor_find(doctor, SEVERITY_WARNING, "driver",
			    "end the processes named below, then detach again; or attach",
			    "%s waits for calls to end", name);
		for (i = 0; (stuck = vgpu_driver_stuck_at(drv, i)); i++)
			doctor_find(doctor, SEVERITY_WARNING, "driver",
				    NULL, "%s: %s (pid %" PRIu32 ") is in %s for %" PRIu64 " ms",
				    name, vgpu_stuck_comm(stuck),
				    vgpu_stuck_pid(stuck),
				    vgpu_stuck_point(stuck),
				    vgpu_stuck_msec(stuck));
		break;
	case LIBVGPU_DRIVER_DEGRADED:
	default:
		examine_degraded(doctor, drv, points);
		break;
	}
}

static bool switched_off(const char *path)
{
	FILE *f = fopen(path, "re");
	bool off;

	if (!f)
		return false;
	off = fgetc(f) == '0';
	fclose(f);
	return off;
}

/*
 * Each has a switch for the whole kernel, and probes may ride on ftrace. A
 * point that could not be had at all has no method.
 */
static const char *remedy_lost(const struct vgpu_point *point)
{
	if (switched_off("/proc/sys/kernel/ftrace_enabled"))
		return "sysctl kernel.ftrace_enabled=1; where that fails, reboot";
	if (vgpu_point_method(point) == LIBVGPU_METHOD_KPROBE &&
	    switched_off("/sys/kernel/debug/kprobes/enabled"))
		return "echo 1 >/sys/kernel/debug/kprobes/enabled";
	return "look for a livepatch or tracer on that function, and for \"ftrace\" in dmesg";
}

static void examine_points(struct doctor *doctor,
			   const struct vgpu_driver *drv,
			   const struct points *points)
{
	const struct vgpu_point *point;
	size_t i;

	for (i = 0; (point = vgpu_driver_point_at(drv, i)); i++)
		if (vgpu_point_lost(point))
			doctor_find(doctor, SEVERITY_ERROR, "point",
				    remedy_lost(point), "%s: %s is lost",
				    vgpu_driver_name(drv),
				    vgpu_point_name(point));
	if (points->other)
		doctor_find(doctor, SEVERITY_NOTE, "point",
			    "a kernel with CONFIG_FUNCTION_TRACER makes them cheaper",
			    "%s: %u of %u points stand without ftrace",
			    vgpu_driver_name(drv), points->other, points->all);
	else if (points->all && !points->lost)
		doctor_find(doctor, SEVERITY_OK, "point", NULL,
			    "%s: %u points by ftrace", vgpu_driver_name(drv),
			    points->all);
}

static void examine_routes(struct doctor *doctor,
			   const struct vgpu_driver *drv)
{
	const struct vgpu_route *route;
	size_t i;

	for (i = 0; (route = vgpu_driver_route_at(drv, i)); i++) {
		if (vgpu_route_state(route) == LIBVGPU_ROUTE_DENIED)
			doctor_find(doctor, SEVERITY_NOTE, "route",
				    "none: this version cannot charge it",
				    "%s: %s is denied to groups with a quota (%" PRIu64 " times)",
				    vgpu_driver_name(drv),
				    vgpu_route_name(route),
				    vgpu_route_refused(route));
		else if (vgpu_route_state(route) == LIBVGPU_ROUTE_OPEN)
			doctor_find(doctor, SEVERITY_NOTE, "route", NULL,
				    "%s: %s is open: it passes uncharged",
				    vgpu_driver_name(drv),
				    vgpu_route_name(route));
	}
}

void doctor_drivers(struct doctor *doctor)
{
	struct vgpu_driver_list *list;
	const struct vgpu_driver *drv;
	struct points points;
	size_t i;
	int err;

	err = vgpu_driver_list_get(doctor->tool->ctx, &list);
	if (err == -EPERM) {
		doctor_find(doctor, SEVERITY_WARNING, "permission",
			    "run the doctor as root",
			    "without CAP_SYS_ADMIN, drivers cannot be examined");
		return;
	}
	if (err) {
		doctor_find(doctor, SEVERITY_ERROR, "driver",
			    "see the kernel log (dmesg)",
			    "the module does not list them: %s",
			    vgpu_ctx_error(doctor->tool->ctx));
		return;
	}
	doctor_find(doctor, SEVERITY_OK, "permission", NULL,
		    "CAP_SYS_ADMIN: everything can be set");
	for (i = 0; (drv = vgpu_driver_list_at(list, i)); i++) {
		points = count_points(drv);
		examine_state(doctor, drv, &points);
		if (vgpu_driver_state(drv) == LIBVGPU_DRIVER_ABSENT)
			continue;
		examine_points(doctor, drv, &points);
		examine_routes(doctor, drv);
	}
	if (!i)
		doctor_find(doctor, SEVERITY_WARNING, "driver",
			    "modprobe vgpu_drm, and see the kernel log (dmesg)",
			    "no backend is loaded");
	vgpu_driver_list_free(list);
}

static void card_found(void *arg, const char *card, const char *driver)
{
	doctor_find(arg, SEVERITY_WARNING, "card",
		    "attach its driver (vgpu-tool driver list), or load a backend for it: until then nothing on it is charged",
		    "%s (driver %s) is no device of vgpu", card,
		    *driver ? driver : "unknown");
}

void doctor_cards(struct doctor *doctor)
{
	if (doctor->devices)
		cards_unmanaged(doctor->devices, card_found, doctor);
}

/* Processes that allocate for others, by name as /proc cuts it at 15. */
static const struct {
	const char *comm;
	const char *what;
} servers[] = {
	{ "Xorg", "an X server" },
	{ "Xwayland", "an X server" },
	{ "gnome-shell", "a compositor" },
	{ "kwin_wayland", "a compositor" },
	{ "kwin_x11", "a compositor" },
	{ "sway", "a compositor" },
	{ "weston", "a compositor" },
	{ "Hyprland", "a compositor" },
	{ "nvidia-cuda-mps", "the CUDA multi-process server" },
	{ "nvidia-persiste", "the NVIDIA persistence daemon" },
};

static void examine_process(struct doctor *doctor, const char *pid)
{
	char path[PATH_MAX], comm[32] = "";
	size_t i;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	f = fopen(path, "re");
	if (!f)
		return;
	if (!fgets(comm, sizeof(comm), f))
		comm[0] = '\0';
	fclose(f);
	comm[strcspn(comm, "\n")] = '\0';
	for (i = 0; i < ARRAY_SIZE(servers); i++)
		if (!strcmp(comm, servers[i].comm))
			doctor_find(doctor, SEVERITY_NOTE, "server",
				    "give its cgroup no quota, or one that suffices for all its clients",
				    "%s (pid %s) is %s: what it allocates for others is charged to its own cgroup",
				    comm, pid, servers[i].what);
}

void doctor_servers(struct doctor *doctor)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			examine_process(doctor, entry->d_name);
	if (dir)
		closedir(dir);
}
