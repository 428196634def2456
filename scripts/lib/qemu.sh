# SPDX-License-Identifier: GPL-2.0
# qemu: a newer one than the machine's, for guests whose CPUs run at the same
# time. That of bookworm cannot patch live code safely then. It runs with its
# own loader and libraries, so nothing is installed and no chroot entered.
# shellcheck shell=bash disable=SC2034 # used by those who source it

qemu_dir() {
	cache_entry qemu-trixie "$(cache_key \
		"$(cache_hash "$BED_LIB/qemu.sh")")" qemu_make
}

qemu_make() {
	mmdebstrap --mode=root --variant=minbase \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--include=qemu-system-x86 \
		trixie "$1/root" "$DEB_MIRROR/debian"
	rm -rf "$1/root/var/cache/apt" "$1/root/var/lib/apt/lists"
}

# qemu_command: sets the array QEMU_COMMAND to what begins its command line.
qemu_command() {
	local root lib

	root=$(qemu_dir)/root
	lib=$root/usr/lib/x86_64-linux-gnu
	QEMU_COMMAND=(env "QEMU_MODULE_DIR=$lib/qemu"
		"$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$lib"
		"$root/usr/bin/qemu-system-x86_64"
		-L "$root/usr/share/qemu" -L "$root/usr/share/seabios")
}
