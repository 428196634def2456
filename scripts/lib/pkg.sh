# SPDX-License-Identifier: GPL-2.0
# pkg: Debian packages of the machine that builds and tests.
# shellcheck shell=bash disable=SC2034 # used by those who source it

# What the guests and the builds need; the demo installs no more than this.
PKG_DEMO=(
	gcc make libc6-dev pkg-config bc rsync cpio xz-utils kmod
	libnl-3-dev libnl-genl-3-dev libjson-c-dev libncurses-dev libdrm-dev
	libmicrohttpd-dev libslurm-dev
	libelf1 debian-archive-keyring mmdebstrap busybox-static
	qemu-system-x86 qemu-system-gui libgl1-mesa-dri xvfb xauth
)

# What the static checks and the host tests need on top of that.
PKG_CHECK=(
	git perl python3 python3-yaml python3-jsonschema python3-ply
	clang libclang-rt-14-dev
	python3-git reuse shellcheck codespell yamllint sparse libcmocka-dev
	gcc-multilib patch build-essential debhelper dh-dkms fakeroot lintian
	bash-completion mandoc jq
	libgrpc-dev protobuf-c-compiler libprotobuf-c-dev nodejs
	prometheus curl chromium-headless-shell fonts-dejavu-core
	python3-grpcio python3-protobuf protobuf-compiler
)
# Some packages of nodejs bring their own, and would conflict.
command -v npm >/dev/null || PKG_CHECK+=(npm)

# What a kernel build from source needs on top of that.
PKG_KERNEL=(flex bison libelf-dev libssl-dev)

# What scripts/plot-share draws with.
PKG_PLOT=(gnuplot-nox)

# pkg_missing NAME...: those that are not installed, one a line.
pkg_missing() {
	comm -23 <(printf '%s\n' "$@" | sort -u) \
		<(dpkg-query -W -f='${Package} ${db:Status-Status}\n' |
			awk '$2 == "installed" { print $1 }' | sort -u)
}

# pkg_install NAME...: install what is missing. The lists are refreshed only
# then; a third-party source that cannot be reached is apt's warning, not ours.
pkg_install() {
	local -a missing

	mapfile -t missing < <(pkg_missing "$@")
	((${#missing[@]})) || return 0
	need_root
	log_step "install ${#missing[@]} packages" pkg_apt "${missing[@]}"
}

pkg_apt() {
	local log

	log=$(cache_log packages)
	export DEBIAN_FRONTEND=noninteractive
	{
		apt-get update -q ||
			echo "some package lists could not be refreshed"
		apt-get install -q -y --no-install-recommends \
			-o DPkg::Lock::Timeout=900 -o Dpkg::Use-Pty=0 "$@"
	} >"$log" 2>&1 </dev/null || {
		tail -n 15 "$log" >&2
		die "apt-get install failed; the whole log is $log"
	}
}
