# SPDX-License-Identifier: GPL-2.0
# Points and drivers as vgpu-tool shows them, and taking vgpu away, for the
# scripts that test interposition.
# shellcheck shell=bash

# points: one JSON object a line.
points() {
	vgpu-tool -j driver list | jq -c '.. | objects | .points? // empty | .[]'
}

# point NAME FIELD
point() {
	points | jq -r --arg name "$1" --arg field "$2" \
		'select(.name == $name) | .[$field]'
}

# state DRIVER
state() {
	vgpu-tool -j driver list | jq -r --arg name "$1" \
		'.. | objects | select(.name? == $name and .state?) | .state'
}

# refused DRIVER [ROUTE]: how often its routes were, or that one.
refused() {
	vgpu-tool -j driver list | jq --arg name "$1" --arg route "${2-}" \
		'[.. | objects | select(.name? == $name) | .routes[]? |
			select($route == "" or .name == $route) | .refused] | add'
}

# unload: vgpu and its backends, which name themselves.
unload() {
	local holders

	[[ -d /sys/module/vgpu ]] || return 0
	mapfile -t holders < <(ls /sys/module/vgpu/holders)
	modprobe -r "${holders[@]}" vgpu
}
