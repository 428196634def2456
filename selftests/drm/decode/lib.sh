# SPDX-License-Identifier: GPL-2.0
# lib: the uapi headers that the tables are held against.
# shellcheck shell=bash

# drm_uapi KERNEL DIR: fill DIR with drm/ of that kernel's headers, for
# userspace. The rest comes from the machine's own, but for what that lacks.
drm_uapi() {
	local from

	from=$(readlink -f "$(kernel_dir "$1")/build")
	from=${from%/*}/$(basename "${from%-*}")-common/include/uapi
	[[ -f $from/drm/virtgpu_drm.h ]] || die "no DRM headers in $from"
	mkdir -p "$2/linux"
	ln -sfn "$from/drm" "$2/drm"
	if [[ -f $from/linux/bits.h ]]; then
		ln -sf "$from/linux/bits.h" "$2/linux/bits.h"
	fi
}
