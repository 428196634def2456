# SPDX-License-Identifier: GPL-2.0
# systemd as process 1 of namespaces of its own, below one cgroup: the bed's own
# init stays process 1 of the guest. SYSTEMD is its process there.
# shellcheck shell=bash

SYSTEMD_BASE=/selftest-systemd
SYSTEMD_UNITS=/etc/systemd/system

# systemd_prepare: nothing of Debian's own runs; sysinit.target and the like are
# there.
systemd_prepare() {
	rm -rf /lib/systemd/system/*.wants "$SYSTEMD_UNITS"/*.wants
	mkdir -p "$SYSTEMD_UNITS"
	printf '[Unit]\nDefaultDependencies=no\n' \
		>"$SYSTEMD_UNITS/selftest.target"
}

# systemd_install UNIT FILE [LINES]: as the tools' Makefile installs it, but that
# it finds its library in the guest; with more LINES of its service.
systemd_install() {
	local dropin=$SYSTEMD_UNITS/$1.d

	sed 's|@bindir@|/vgpu/bin|' "$2" >"$SYSTEMD_UNITS/$1"
	mkdir -p "$dropin"
	printf '[Service]\nEnvironment=LD_LIBRARY_PATH=%s\n%b' \
		"$LD_LIBRARY_PATH" "${3:-}" >"$dropin/test.conf"
}

systemd_boot() {
	local booting i

	cg_create "$SYSTEMD_BASE"
	# shellcheck disable=SC2016 # expands in the shell
	cg_run "$SYSTEMD_BASE" unshare --fork --pid --mount --cgroup \
		--mount-proc /bin/sh -c '
		umount /sys/fs/cgroup
		mount -t cgroup2 cgroup2 /sys/fs/cgroup
		mount -t tmpfs tmpfs /run
		exec env container=selftest /lib/systemd/systemd \
			--unit=selftest.target --log-target=null' \
		>"$WORK/systemd" 2>&1 &
	booting=$!
	# Its end is no news.
	disown "$booting"
	for ((i = 0; i < 300; i++)); do
		SYSTEMD=$(pgrep -P "$booting" -x systemd) &&
			ctl is-system-running 2>&1 |
			grep -qE '^(running|degraded|starting)' && return
		kill -0 "$booting" 2>/dev/null || break
		sleep 0.1
	done
	sed 's/^/# /' "$WORK/systemd"
	return 1
}

systemd_end() {
	local base=$CG_ROOT$SYSTEMD_BASE

	[[ -d $base ]] || return 0
	[[ -z ${SYSTEMD:-} ]] || kill -KILL "$SYSTEMD"
	echo 1 >"$base/cgroup.kill"
	sleep 1
	find "$base" -depth -type d -exec rmdir {} +
}

inside() {
	timeout 60 nsenter -t "$SYSTEMD" -p -m -C "$@"
}

ctl() {
	inside systemctl "$@"
}

# unit_status UNIT FIELD: of its main process.
unit_status() {
	inside sed -n "s/^$2:\t\([^\t]*\).*/\1/p" \
		"/proc/$(ctl show --value -p MainPID "$1")/status"
}
