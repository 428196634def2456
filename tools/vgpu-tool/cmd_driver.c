// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-tool driver
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "names.h"
#include "output.h"

#define DEADLINE_MAX_MS	30000

static struct json_object *points_json(const struct vgpu_driver *drv)
{
	struct json_object *array = json_object_new_array();
	const struct vgpu_point *point;
	struct json_object *object;
	size_t i;

	for (i = 0; (point = vgpu_driver_point_at(drv, i)); i++) {
		object = json_object_new_object();
		json_put_text(object, "name", vgpu_point_name(point));
		json_put_text(object, "method",
			      name_method(vgpu_point_method(point)));
		json_put_number(object, "calls", vgpu_point_calls(point));
		json_put_flag(object, "lost", vgpu_point_lost(point));
		json_object_array_add(array, object);
	}
	return array;
}

static struct json_object *routes_json(const struct vgpu_driver *drv)
{
	struct json_object *array = json_object_new_array();
	const struct vgpu_route *route;
	struct json_object *object;
	size_t i;

	for (i = 0; (route = vgpu_driver_route_at(drv, i)); i++) {
		object = json_object_new_object();
		json_put_text(object, "name", vgpu_route_name(route));
		json_put_text(object, "state",
			      name_route_state(vgpu_route_state(route)));
		json_put_number(object, "refused", vgpu_route_refused(route));
		json_object_array_add(array, object);
	}
	return array;
}

static struct json_object *stuck_json(const struct vgpu_driver *drv)
{
	struct json_object *array = json_object_new_array();
	const struct vgpu_stuck *stuck;
	struct json_object *object;
	size_t i;

	for (i = 0; (stuck = vgpu_driver_stuck_at(drv, i)); i++) {
		object = json_object_new_object();
		json_put_number(object, "pid", vgpu_stuck_pid(stuck));
		json_put_text(object, "comm", vgpu_stuck_comm(stuck));
		json_put_text(object, "point", vgpu_stuck_point(stuck));
		json_put_number(object, "msec", vgpu_stuck_msec(stuck));
		json_object_array_add(array, object);
	}
	return array;
}

static struct json_object *driver_json(const struct vgpu_driver *drv)
{
	struct json_object *object = json_object_new_object();

	json_put_text(object, "name", vgpu_driver_name(drv));
	json_put_text(object, "backend", vgpu_driver_backend(drv));
	json_put_text(object, "state",
		      name_driver_state(vgpu_driver_state(drv)));
	json_put_number(object, "devices", vgpu_driver_devices(drv));
	json_object_object_add(object, "points", points_json(drv));
	json_object_object_add(object, "routes", routes_json(drv));
	json_object_object_add(object, "stuck", stuck_json(drv));
	return object;
}

static void driver_text(const struct vgpu_driver *drv)
{
	const struct vgpu_point *point;
	const struct vgpu_route *route;
	const struct vgpu_stuck *stuck;
	size_t i;

	printf("%s: %s, %" PRIu32 " device%s, backend %s\n",
	       vgpu_driver_name(drv),
	       name_driver_state(vgpu_driver_state(drv)),
	       vgpu_driver_devices(drv),
	       vgpu_driver_devices(drv) == 1 ? "" : "s",
	       *vgpu_driver_backend(drv) ? vgpu_driver_backend(drv) : "-");
	for (i = 0; (point = vgpu_driver_point_at(drv, i)); i++)
		printf("  point %-32s %-6s %12" PRIu64 " calls%s\n",
		       vgpu_point_name(point),
		       name_method(vgpu_point_method(point)),
		       vgpu_point_calls(point),
		       vgpu_point_lost(point) ? "  LOST" : "");
	for (i = 0; (route = vgpu_driver_route_at(drv, i)); i++)
		printf("  route %-32s %-8s %10" PRIu64 " refused\n",
		       vgpu_route_name(route),
		       name_route_state(vgpu_route_state(route)),
		       vgpu_route_refused(route));
	for (i = 0; (stuck = vgpu_driver_stuck_at(drv, i)); i++)
		print_line("  stuck %s (pid %" PRIu32 ") in %s for %" PRIu64 " ms",
			   vgpu_stuck_comm(stuck), vgpu_stuck_pid(stuck),
			   vgpu_stuck_point(stuck), vgpu_stuck_msec(stuck));
}

static int list_all(struct tool *tool)
{
	const struct vgpu_driver *drv;
	struct vgpu_driver_list *list;
	struct json_object *array;
	int err, status = STATUS_OK;
	size_t i;

	err = vgpu_driver_list_get(tool->ctx, &list);
	if (err)
		return tool_fail_lib(tool, err);
	array = json_object_new_array();
	for (i = 0; (drv = vgpu_driver_list_at(list, i)); i++) {
		if (tool->json)
			json_object_array_add(array, driver_json(drv));
		else
			driver_text(drv);
	}
	if (tool->json)
		status = output_json(tool, array);
	else
		json_object_put(array);
	vgpu_driver_list_free(list);
	return status;
}

static int list_some(struct tool *tool, char **names, int n)
{
	struct json_object *array = json_object_new_array();
	int err, i, done = 0, failed = 0, status = STATUS_OK;
	struct vgpu_driver *drv;

	for (i = 0; i < n; i++) {
		err = vgpu_driver_get(tool->ctx, names[i], &drv);
		if (err) {
			status = tool_fail(tool, err, "%s: %s", names[i],
					   vgpu_ctx_error(tool->ctx));
			failed++;
			if (err == -ENOPKG)
				break;
			continue;
		}
		done++;
		if (tool->json)
			json_object_array_add(array, driver_json(drv));
		else
			driver_text(drv);
		vgpu_driver_free(drv);
	}
	if (tool->json && done) {
		err = output_json(tool, json_object_get(array));
		status = err ? err : status;
	}
	json_object_put(array);
	return failed && done ? STATUS_PARTIAL : status;
}

/* Split the arguments into drivers, moved to the front, and the options. */
static int read_args(struct tool *tool, int argc, char **argv,
		     const struct arg_option *options, int *drivers,
		     const char **deadline)
{
	struct args args = {
		.tool = tool,
		.argc = argc,
		.argv = argv,
		.options = options,
	};
	int arg;

	*drivers = 0;
	while ((arg = args_next(&args)) >= 0) {
		if (arg == ARG_WORD)
			argv[(*drivers)++] = args.value;
		else if (deadline)
			*deadline = args.value;
	}
	return arg == ARG_STOP ? args.status : -1;
}

int cmd_driver_list(struct tool *tool, int argc, char **argv)
{
	int drivers, status;

	status = read_args(tool, argc, argv, NULL, &drivers, NULL);
	if (status >= 0)
		return status;
	return drivers ? list_some(tool, argv, drivers) : list_all(tool);
}

int cmd_driver_attach(struct tool *tool, int argc, char **argv)
{
	int drivers, err, failed = 0, i, status;

	status = read_args(tool, argc, argv, NULL, &drivers, NULL);
	if (status >= 0)
		return status;
	if (!drivers)
		return tool_usage(tool, "name a driver");
	status = STATUS_OK;
	for (i = 0; i < drivers; i++) {
		err = vgpu_driver_attach(tool->ctx, argv[i]);
		if (!err)
			continue;
		status = tool_fail(tool, err, "%s: %s", argv[i],
				   vgpu_ctx_error(tool->ctx));
		failed++;
		if (err == -ENOPKG)
			return status;
	}
	return failed && failed < drivers ? STATUS_PARTIAL : status;
}

static int read_deadline(struct tool *tool, const char *text,
			 struct vgpu_driver_detach_opts *opts)
{
	unsigned long ms;
	char *end;

	errno = 0;
	ms = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno ||
	    ms > DEADLINE_MAX_MS)
		return tool_usage(tool, "--deadline %s: it takes milliseconds, 0 to %d",
				  text, DEADLINE_MAX_MS);
	opts->deadline_ms = (uint32_t)ms;
	return STATUS_OK;
}

/* What a detach found stuck goes to stdout, for it is the answer. */
static int detach_one(struct tool *tool, const char *name,
		      const struct vgpu_driver_detach_opts *opts,
		      struct json_object *array)
{
	struct vgpu_driver *drv = NULL;
	int err;

	err = vgpu_driver_detach(tool->ctx, name, opts, &drv);
	if (drv && tool->json)
		json_object_array_add(array, driver_json(drv));
	else if (drv)
		driver_text(drv);
	vgpu_driver_free(drv);
	if (!err)
		return STATUS_OK;
	return tool_fail(tool, err, "%s: %s", name, vgpu_ctx_error(tool->ctx));
}

int cmd_driver_detach(struct tool *tool, int argc, char **argv)
{
	static const struct arg_option options[] = {
		{ "deadline", 1, true }, { 0 },
	};
	struct vgpu_driver_detach_opts opts = { .sz = sizeof(opts) };
	const char *deadline = NULL;
	int done = 0, drivers, i, one, status;
	struct json_object *array;

	status = read_args(tool, argc, argv, options, &drivers, &deadline);
	if (status >= 0)
		return status;
	if (!drivers)
		return tool_usage(tool, "name a driver");
	status = deadline ? read_deadline(tool, deadline, &opts) : STATUS_OK;
	if (status)
		return status;
	array = json_object_new_array();
	for (i = 0; i < drivers; i++) {
		one = detach_one(tool, argv[i], deadline ? &opts : NULL,
				 array);
		status = one ? one : status;
		done += !one;
		if (one == STATUS_ABSENT)
			break;
	}
	if (tool->json && status != STATUS_ABSENT) {
		one = output_json(tool, array);
		status = one ? one : status;
	} else {
		json_object_put(array);
	}
	return status && done ? STATUS_PARTIAL : status;
}
