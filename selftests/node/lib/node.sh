# SPDX-License-Identifier: GPL-2.0
# For the tests of container runtimes: a container with nothing in it but the
# client of a GPU, and what the module and the observer say of its cgroup.
# shellcheck shell=bash

# What the client asks for, and what a quota of 8 MiB leaves of it.
NODE_MIB=24

# node_begin: WORK, the modules, and CTR, the root of the containers.
node_begin() {
	WORK=$(mktemp -d)
	CTR=$WORK/root
	modprobe vgem || bail "modprobe vgem"
	modprobe vgpu || bail "modprobe vgpu"
	modprobe observer || bail "modprobe observer"
	CARD=$(node_card vgem)
	[[ -n $CARD ]] || bail "no card of vgem"
	DEVICE=$(vgpu-tool -j device show "$CARD" | jq -r '.[0].name')
	mkdir -p "$CTR"/{dev,proc,sys,run,tmp,etc,shared}
	cp lib/client "$CTR/client"
	HOOK=$(command -v vgpu-oci-hook) || bail "no vgpu-oci-hook"
}

# node_card DRIVER: the card of its first device.
node_card() {
	vgpu-tool -j device list | jq -r --arg driver "$1" \
		'[.[] | select(.driver == $driver) | .aliases[] |
			select(startswith("card"))][0] // empty'
}

# limit_of CGROUP: bytes that it may hold of the card, or "max".
limit_of() {
	vgpu-tool -j stat "$1" 2>/dev/null | jq -r --arg cgroup "$1" \
		--arg device "$DEVICE" \
		'[.[] | select(.cgroup == $cgroup and .device == $device) |
			.memory_max // "max"][0] // "max"'
}

# groups_like PATTERN: how many groups the module has by such a path, or by none
# any more, after a moment for these to go.
groups_like() {
	local i groups

	for ((i = 0; i < 100; i++)); do
		groups=$(vgpu-tool -j group list)
		jq -e 'any(.[]; .cgroup == null)' <<<"$groups" >/dev/null ||
			break
		sleep 0.05
	done
	jq --arg p "$1" '[.[] | select(.cgroup == null or
		(.cgroup | test($p)))] | length' <<<"$groups"
}

# wait_file FILE PID: for as long as that process is there, a minute at most.
wait_file() {
	local i

	for ((i = 0; i < 3000; i++)); do
		[[ ! -e $1 ]] || return 0
		kill -0 "$2" 2>/dev/null || return 1
		sleep 0.02
	done
	return 1
}
