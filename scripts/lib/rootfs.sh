# SPDX-License-Identifier: GPL-2.0
# rootfs: the file system of the guests, a bookworm with unmodified Mesa
# clients. Guests mount it read-only over 9p, with a tmpfs on top.
# shellcheck shell=bash

ROOTFS_PACKAGES=(
	busybox-static kmod procps util-linux iproute2 libcap2-bin sudo strace
	jq python3-minimal libpython3-stdlib
	libnl-3-200 libnl-genl-3-200 libjson-c5 libncurses6 libtinfo6 libdrm2
	libmicrohttpd12
	kmscube glmark2-es2-drm libgl1-mesa-dri libdrm-tests
)

rootfs_dir() {
	cache_entry rootfs-bookworm "$(cache_key "${ROOTFS_PACKAGES[*]}" \
		"$(cache_hash "$BED_LIB/rootfs.sh")")" rootfs_make
}

rootfs_make() {
	local include

	include=$(IFS=,; echo "${ROOTFS_PACKAGES[*]}")
	mmdebstrap --mode=root --variant=minbase \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--include="$include" \
		--customize-hook="chroot \"\$1\" useradd -m -s /bin/bash tenant" \
		bookworm "$1/root" "$DEB_MIRROR/debian"
	rm -rf "$1/root/var/cache/apt" "$1/root/var/lib/apt/lists"
	mkdir -p "$1/root/vgpu"
}
