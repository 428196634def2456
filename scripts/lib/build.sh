# SPDX-License-Identifier: GPL-2.0
# build: vgpu, built from a copy of the tree. The copies live in the cache, one
# for each kernel and one for userspace, so that parallel builds never meet and
# the source tree stays clean; they are kept, so a rebuild is incremental.
# shellcheck shell=bash

BUILD_WORK=$VGPU_CACHE/work/$(cache_key "$BED_ROOT")

# build_sources: the files of the tree, NUL-separated: what git tracks or would.
build_sources() {
	if git -C "$BED_ROOT" rev-parse --git-dir >/dev/null 2>&1; then
		git -C "$BED_ROOT" ls-files -z -co --exclude-standard --deduplicate
	else
		(cd "$BED_ROOT" && find . -type f -printf '%P\0')
	fi | (cd "$BED_ROOT" && while IFS= read -r -d '' file; do
		if [[ -e $file ]]; then
			printf '%s\0' "$file"
		fi
	done) | sort -z
}

# build_sync DIR: bring the copy up to date. Compared by content, and a changed
# file gets the time of now, so make always sees it.
build_sync() {
	local dir=$1 new

	mkdir -p "$dir"
	new=$(mktemp "$dir/.sources.XXXXXX")
	build_sources >"$new"
	if [[ -f $dir/.sources ]]; then
		comm -z -23 "$dir/.sources" "$new" |
			(cd "$dir" && xargs -0 -r rm -f --)
	fi
	rsync -rlp --checksum --from0 --files-from="$new" "$BED_ROOT/" "$dir/"
	mv "$new" "$dir/.sources"
}

# build_lock DIR COMMAND...: one build at a time in a copy.
build_lock() {
	local dir=$1

	shift
	mkdir -p "$dir"
	flock "$dir/.lock" bash -euo pipefail -c '. "$1"; shift; "$@"' \
		"$0" "$BED_LIB/bed.sh" "$@"
}

# build_make TOOLCHAIN DIR ARG...: make with the compiler the kernel wants.
build_make() {
	local toolchain=$1 dir=$2

	shift 2
	if [[ $toolchain == host ]]; then
		make -C "$dir" -j "$(nproc)" "$@"
	else
		chroot_run "$dir" make -j "$(nproc)" "$@"
	fi
}

# build_modules KERNEL TAG [MAKE-ARG...]: the copy with every module built for
# that kernel. TAG keeps builds with other flags apart.
build_modules() {
	local dir=$BUILD_WORK/$1-$2

	build_lock "$dir" build_modules_locked "$dir" "$@"
	printf '%s\n' "$dir"
}

build_modules_locked() {
	local dir=$1 name=$2 kernel toolchain part

	shift 3
	kernel=$(kernel_dir "$name")
	toolchain=$(<"$kernel/toolchain")
	if [[ ! -f $dir/.kernel || $(<"$dir/.kernel") != "$kernel $*" ]]; then
		find "$dir" -mindepth 1 -maxdepth 1 ! -name .lock \
			-exec rm -rf -- {} +
		echo "$kernel $*" >"$dir/.kernel"
	fi
	build_sync "$dir"
	for part in $(build_parts "$dir"); do
		build_make "$toolchain" "$(readlink -f "$kernel/build")" \
			"M=$dir/$part" "$@" modules
	done >"$dir/.log" 2>&1 || {
		grep -E -A6 'error|warning|\*\*\*' "$dir/.log" | head -60 >&2
		die "the modules do not build for $name; the whole log is $dir/.log"
	}
}

# build_parts DIR: the folders that hold modules: the root, and each selftest
# with a Kbuild of its own.
build_parts() {
	local file

	[[ ! -f $1/Kbuild ]] || echo .
	find "$1/selftests" -name Kbuild -printf '%P\n' | sort |
		while read -r file; do
			echo "selftests/$(dirname "$file")"
		done
}

# build_userspace: the copy with the library, tools and test programs built.
build_userspace() {
	local dir=$BUILD_WORK/userspace

	build_lock "$dir" build_userspace_locked "$dir"
	printf '%s\n' "$dir"
}

build_userspace_locked() {
	build_sync "$1"
	[[ -f $1/Makefile ]] || return 0
	make -C "$1" -j "$(nproc)" userspace >"$1/.log" 2>&1 || {
		grep -E -A6 'error|warning|\*\*\*' "$1/.log" | head -60 >&2
		die "userspace does not build; the whole log is $1/.log"
	}
}

# build_stage KERNEL DIR: fill DIR with what a guest of that kernel gets at
# /vgpu: bin, lib, modules, selftests, and moddep, which overlays the kernel's
# own module tree so that modprobe finds ours.
build_stage() {
	local name=$1 out=$2 modules user kernel base

	modules=$(build_modules "$name" guest)
	user=$(build_userspace)
	kernel=$(kernel_dir "$name")
	mkdir -p "$out"/{bin,lib,modules,moddep}
	rsync -a --exclude='*.o' --exclude='.*' --exclude='*.ko' \
		--exclude='*.mod*' "$user/selftests" "$out/"
	find "$user/tools" -type f -perm -u+x ! -name '*.sh' ! -name '*.so' \
		-exec cp -t "$out/bin" -- {} + 2>/dev/null || true
	find "$user/libvgpu" -name 'libvgpu.so*' \
		-exec cp -P -t "$out/lib" -- {} + 2>/dev/null || true
	find "$modules" -name '*.ko' -exec cp -t "$out/modules" -- {} +
	base=$(mktemp -d "$out/depmod.XXXXXX")
	build_moddep "$kernel" "$base" "$out"
	rm -rf -- "$base"
}

build_moddep() {
	local kernel=$1 base=$2 out=$3 release tree

	release=$(<"$kernel/release")
	tree=$base/lib/modules/$release
	mkdir -p "$tree"
	ln -s "$(readlink -f "$kernel/modules")"/{kernel,modules.order} "$tree/"
	cp "$(readlink -f "$kernel/modules")"/modules.builtin* "$tree/"
	cp -r "$out/modules" "$tree/updates"
	depmod -b "$base" "$release"
	rm "$tree/kernel" "$tree/modules.order"
	cp -a "$tree/." "$out/moddep/"
}
