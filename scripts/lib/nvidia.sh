# SPDX-License-Identifier: GPL-2.0
# nvidia: NVIDIA's own open kernel modules, nvidia.ko and nvidia-uvm.ko, as
# Debian packages them: the part for the kernel as source, the rest compiled.
# What they need to build for a newer kernel is in selftests/nvidia/patches.
# shellcheck shell=bash

NVIDIA_PATCHES=$BED_ROOT/selftests/nvidia/patches
NVIDIA_PACKAGE=nvidia-open-kernel-dkms

# nvidia_lock RELEASE: the release of Debian that has it, and the version.
nvidia_lock() {
	case $1 in
	535) echo bookworm 535.261.03-1 ;;
	550) echo trixie '550.163.01-4~bpo13+1' ;;
	*) die "no release '$1' of the NVIDIA modules here" ;;
	esac
}

# The releases that build for a kernel of the matrix.
declare -gA NVIDIA_BUILDS=([6.1]="535 550" [7.x]="550")

# nvidia_patches KERNEL RELEASE: our patches, those for any kernel and those for
# this one.
nvidia_patches() {
	local dir

	for dir in "$NVIDIA_PATCHES/$2" "$NVIDIA_PATCHES/$2/$1"; do
		[[ ! -d $dir ]] || find "$dir" -maxdepth 1 -name '*.patch' |
			LC_ALL=C sort
	done
}

# nvidia_dir KERNEL RELEASE: the directory with nvidia.ko, nvidia-uvm.ko and
# "version", for that kernel; made if it is not there.
nvidia_dir() {
	local kernel lock
	local -a patches

	kernel=$(kernel_dir "$1")
	lock=$(nvidia_lock "$2")
	mapfile -t patches < <(nvidia_patches "$1" "$2")
	# The directory of the kernel stands for its configuration and compiler.
	cache_entry "nvidia-$1-$2" "$(cache_key "$lock" "$kernel" \
		"$(gcc --version | head -n 1)" \
		"$(cache_hash "$BED_LIB/nvidia.sh" "$BED_LIB/chroot.sh" \
			"${patches[@]}")")" nvidia_make "$1" "$2"
}

# nvidia_make TMP FINAL KERNEL RELEASE: the builder.
nvidia_make() {
	local tmp=$1 kernel release=$4 dist version source patch module headers

	kernel=$(kernel_dir "$3")
	read -r dist version < <(nvidia_lock "$release")
	deb_update "$dist"
	if ! deb_has "$dist" "$NVIDIA_PACKAGE" "$version"; then
		say "$NVIDIA_PACKAGE $version has left $dist; taking the newest"
		version=$(deb_version "$dist" "$NVIDIA_PACKAGE")
	fi
	deb_unpack "$dist" "$tmp/root" "$NVIDIA_PACKAGE=$version"
	source=$(find "$tmp/root/usr/src" -mindepth 1 -maxdepth 1 -type d)
	while read -r patch; do
		patch -d "$source" -p1 --fuzz=0 <"$patch"
	done < <(nvidia_patches "$3" "$release")
	# A make that runs this script must not lend us its flags.
	unset MAKEFLAGS MFLAGS MAKELEVEL ARCH CROSS_COMPILE KCFLAGS
	# It looks for headers where Debian puts those of all flavours.
	headers=$(readlink -f "$kernel/build")
	time build_make "$(<"$kernel/toolchain")" "$source" modules \
		"SYSSRC=${headers%-amd64}-common" "SYSOUT=$headers" \
		"NV_KERNEL_MODULES=nvidia nvidia-uvm"
	for module in nvidia nvidia-uvm; do
		strip -g -o "$tmp/$module.ko" "$source/$module.ko"
	done
	modinfo -F version "$tmp/nvidia.ko" >"$tmp/version"
	rm -rf -- "$tmp/root"
}

# nvidia_stage KERNEL DIR: lay the modules of every release that builds for the
# kernel into DIR/nvidia/RELEASE, where a guest finds them as /vgpu/nvidia.
nvidia_stage() {
	local release from to

	[[ -n ${NVIDIA_BUILDS[$1]:-} ]] ||
		die "no release of the NVIDIA modules builds for kernel $1"
	for release in ${NVIDIA_BUILDS[$1]}; do
		from=$(nvidia_dir "$1" "$release")
		to=$2/nvidia/$release
		[[ ! -d $to ]] || continue
		mkdir -p "$2/nvidia"
		rm -rf "$to.new"
		cp -r "$from" "$to.new"
		mv -T "$to.new" "$to"
	done
}
