// SPDX-License-Identifier: GPL-2.0
/*
 * The least that uses libvgpu: says whether the module is loaded.
 */
#include <errno.h>
#include <stdio.h>

#include <vgpu/vgpu.h>

int main(void)
{
	struct vgpu_info *info = NULL;
	struct vgpu_ctx *ctx;
	int err;

	err = vgpu_ctx_create(&ctx);
	if (err)
		return 1;
	err = vgpu_info_get(ctx, &info);
	if (!err)
		puts("loaded");
	else if (err == -ENOPKG)
		puts("not loaded");
	else
		printf("%d: %s\n", err, vgpu_ctx_error(ctx));
	vgpu_info_free(info);
	vgpu_ctx_free(ctx);
	return 0;
}
