# SPDX-License-Identifier: GPL-2.0
# node: a second file system for guests, with what runs on a node of a cluster:
# container runtimes and systemd. The bed's own init stays process 1.
# shellcheck shell=bash

NODE_PACKAGES=(
	busybox-static kmod procps util-linux iproute2 strace jq python3-minimal
	libpython3-stdlib libnl-3-200 libnl-genl-3-200 libjson-c5 libncursesw6
	systemd dbus runc crun containerd podman conmon
	slurmctld slurmd slurm-client munge slurm-wlm-basic-plugins
	libgrpc29 libprotobuf-c1 libmicrohttpd12
)

node_rootfs_dir() {
	cache_entry rootfs-node "$(cache_key "${NODE_PACKAGES[*]}" \
		"$(cache_hash "$BED_LIB/node.sh")")" node_rootfs_make
}

node_rootfs_make() {
	local include

	include=$(IFS=,; echo "${NODE_PACKAGES[*]}")
	mmdebstrap --mode=root --variant=minbase \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--include="$include" bookworm "$1/root" "$DEB_MIRROR/debian"
	rm -rf "$1/root/var/cache/apt" "$1/root/var/lib/apt/lists"
	mkdir -p "$1/root/vgpu"
}
