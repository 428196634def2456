# SPDX-License-Identifier: GPL-2.0
# Control groups (v2) for scripts, named by their path below the root of the
# hierarchy; what the observer saw of them; quotas.
# shellcheck shell=bash

CG_ROOT=/sys/fs/cgroup
OBSERVER=/sys/kernel/debug/observer

cg_create() {
	mkdir "$CG_ROOT$1"
}

cg_id() {
	stat -c %i "$CG_ROOT$1"
}

# cg_run CGROUP COMMAND...: in this process, so use it in a subshell or with &.
cg_run() {
	echo "$BASHPID" >"$CG_ROOT$1/cgroup.procs"
	shift
	exec "$@"
}

# cg_remove CGROUP: kill what is in it, and it.
cg_remove() {
	local i

	[[ -d $CG_ROOT$1 ]] || return 0
	echo 1 >"$CG_ROOT$1/cgroup.kill"
	for ((i = 0; i < 200; i++)); do
		rmdir "$CG_ROOT$1" 2>/dev/null && return
		sleep 0.05
	done
	return 1
}

# observer_id FILE COLUMN ID: of a cgroup that may be gone; 0 for one that it never
# met.
observer_id() {
	awk -v id="$3" -v column="$2" '
		$1 == id { value = $column }
		END { printf "%.0f\n", value }' "$OBSERVER/$1"
}

# observer_field FILE COLUMN CGROUP
observer_field() { observer_id "$1" "$2" "$(cg_id "$3")"; }

observer_live() { observer_field bytes 2 "$1"; }
observer_objects() { observer_field bytes 3 "$1"; }
observer_peak() { observer_field bytes 4 "$1"; }
observer_submits() { observer_field work 2 "$1"; }
observer_flips() { observer_field work 3 "$1"; }
observer_busy() { observer_field time 2 "$1"; }
observer_lost() { cat "$OBSERVER/lost"; }

observer_reset() {
	cg_id "$1" >"$OBSERVER/reset_peak"
}

# settled CGROUP: the live bytes, after a moment for the last to go.
observer_settled() {
	local i

	for ((i = 0; i < 100; i++)); do
		(($(observer_live "$1"))) || break
		sleep 0.05
	done
	observer_live "$1"
}

# quota_set CGROUP DEVICE BYTES|max
quota_set() {
	vgpu-tool group set "$1" --device "$2" --memory "$3"
}
