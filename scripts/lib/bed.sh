# SPDX-License-Identifier: GPL-2.0
# bed: everything of the test bed, for the scripts to source.
# shellcheck shell=bash disable=SC2034 # used by those who source it

shopt -s inherit_errexit

BED_LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BED_ROOT=$(cd "$BED_LIB/../.." && pwd)
export VGPU_CACHE

for bed_part in log cache pkg deb kernels chroot qemu rootfs node build nvidia \
	guest tap plan static results mutants kubelet peer; do
	if [[ -f $BED_LIB/$bed_part.sh ]]; then
		# shellcheck source=/dev/null
		. "$BED_LIB/$bed_part.sh"
	fi
done
if [[ -f $BED_LIB/debug-kernel.sh ]]; then
	# shellcheck source=/dev/null
	. "$BED_LIB/debug-kernel.sh"
fi
unset bed_part
