# SPDX-License-Identifier: GPL-2.0
# chroot: the build chroot. Debian's kernels from 6.12 on want gcc-14, which
# bookworm lacks, so their modules are built in a minimal trixie.
# shellcheck shell=bash

CHROOT_PACKAGES=gcc-14,gcc,make,libc6-dev,libelf1t64,kmod,sparse,perl-base

chroot_dir() {
	cache_entry chroot-trixie "$(cache_key "$CHROOT_PACKAGES" \
		"$(cache_hash "$BED_LIB/chroot.sh")")" chroot_make
}

chroot_make() {
	mmdebstrap --mode=root --variant=minbase \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--include="$CHROOT_PACKAGES" \
		trixie "$1/root" "$DEB_MIRROR/debian"
	rm -rf "$1/root/var/cache/apt" "$1/root/var/lib/apt/lists"
	mkdir -p "$1/root/$VGPU_CACHE"
}

# chroot_run DIR COMMAND...: run in the chroot, in DIR of the cache, which is
# at the same path inside. objtool of 7.x needs /proc. The mounts live in a
# namespace of their own and die with the command.
chroot_run() {
	local root

	root=$(chroot_dir)/root
	# shellcheck disable=SC2016 # expands in the inner shell
	unshare --mount --propagation private bash -euc '
		root=$1 cache=$2 dir=$3; shift 3
		mount -t proc proc "$root/proc"
		mount --rbind /dev "$root/dev"
		mkdir -p "$root$cache"
		mount --rbind "$cache" "$root$cache"
		exec chroot "$root" /usr/bin/env -i \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
			/bin/sh -c "cd \"\$0\" && exec \"\$@\"" "$dir" "$@"
	' bash "$root" "$VGPU_CACHE" "$@"
}
