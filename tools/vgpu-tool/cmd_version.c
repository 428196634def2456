// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-tool version
 */
#include <errno.h>
#include <stdio.h>

#include "output.h"

int cmd_version(struct tool *tool, int argc, char **argv)
{
	struct json_object *object;
	struct vgpu_info *info = NULL;
	const char *module = "";
	int err, status = STATUS_OK;

	if (!args_none(tool, argc, argv, &status))
		return status;
	err = vgpu_info_get(tool->ctx, &info);
	if (!err)
		module = vgpu_info_version(info);
	if (tool->json) {
		object = json_object_new_object();
		json_put_text(object, "tool", TOOL_VERSION);
		json_put_text(object, "library", vgpu_version());
		json_put_text(object, "module", module);
		status = output_json(tool, object);
	} else {
		printf("vgpu-tool %s\nlibvgpu %s\n", TOOL_VERSION,
		       vgpu_version());
		if (*module)
			printf("module %s\n", module);
	}
	vgpu_info_free(info);
	return err ? tool_fail_lib(tool, err) : status;
}
