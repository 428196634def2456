# SPDX-License-Identifier: GPL-2.0
# build: vgpu, built from a copy of the tree. The copies live in the cache, one
# for each kernel and one for userspace, so that parallel builds never meet and
# the source tree stays clean; they are kept, so a rebuild is incremental.
# shellcheck shell=bash

BUILD_WORK=$VGPU_CACHE/work/$(cache_key "$BED_ROOT")

# build_sources: the files of the tree, NUL-separated: what git tracks or would
# track, less programs that somebody built there, which make would take for new.
build_sources() {
	local file magic

	(
		cd "$BED_ROOT" || exit
		if git rev-parse --git-dir >/dev/null 2>&1; then
			git ls-files -z -co --exclude-standard --deduplicate \
				-x build/
		else
			find . -type f -printf '%P\0'
		fi | while IFS= read -r -d '' file; do
			[[ -e $file ]] || continue
			magic=''
			if [[ -x $file && ! -L $file ]]; then
				LC_ALL=C read -r -N 4 magic <"$file" || true
			fi
			if [[ $magic != $'\x7fELF' ]]; then
				printf '%s\0' "$file"
			fi
		done
	) 2>/dev/null | sort -z
}

# build_sync DIR: bring the copy up to date. Compared by content, and a changed
# file gets the time of now, so make always sees it. DIR/.built, which says that
# the copy is built, goes when anything changed.
build_sync() {
	local dir=$1 new

	mkdir -p "$dir"
	new=$(mktemp "$dir/.sources.XXXXXX")
	build_sources >"$new"
	if ! cmp -s "$new" "$dir/.sources"; then
		rm -f "$dir/.built"
	fi
	if [[ -f $dir/.sources ]]; then
		comm -z -23 "$dir/.sources" "$new" |
			(cd "$dir" && xargs -0 -r rm -f --)
	fi
	if rsync -rlpi --checksum --from0 --files-from="$new" \
		"$BED_ROOT/" "$dir/" | grep -q '^>'; then
		rm -f "$dir/.built"
	fi
	mv "$new" "$dir/.sources"
}

# build_lock DIR COMMAND...: one build at a time in a copy.
build_lock() {
	local dir=$1

	shift
	mkdir -p "$dir"
	# shellcheck disable=SC2016 # expands in the inner shell
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
# that kernel. TAG keeps builds with other flags apart. BUILD_PATCH, a file, is
# applied to the copy: a planted fault. So it is in build_userspace.
build_modules() {
	local dir=$BUILD_WORK/$1-$2

	build_lock "$dir" build_modules_locked "$dir" "$@"
	printf '%s\n' "$dir"
}

build_modules_locked() {
	local dir=$1 name=$2 kernel toolchain part failed=''

	shift 3
	kernel=$(kernel_dir "$name")
	toolchain=$(<"$kernel/toolchain")
	if [[ ! -f $dir/.kernel || $(<"$dir/.kernel") != "$kernel $*" ]]; then
		find "$dir" -mindepth 1 -maxdepth 1 ! -name .lock \
			-exec rm -rf -- {} +
		echo "$kernel $*" >"$dir/.kernel"
	fi
	build_sync "$dir"
	build_patch "$dir"
	[[ ! -f $dir/.built ]] || return 0
	: >"$dir/.log"
	for part in $(build_parts "$dir"); do
		build_make "$toolchain" "$(readlink -f "$kernel/build")" \
			"M=$dir/$part" "$@" modules >>"$dir/.log" 2>&1 ||
			failed+=" $part"
	done
	if [[ -z $failed ]]; then
		touch "$dir/.built"
	else
		build_failed "no modules for $name in:$failed" "$dir/.log"
	fi
	build_moddep "$kernel" "$dir"
}

build_patch() {
	[[ -n ${BUILD_PATCH:-} ]] || return 0
	rm -f "$1/.built"
	# Our own output is the folder's name.
	patch -d "$1" -p1 --fuzz=0 --no-backup-if-mismatch <"$BUILD_PATCH" >&2
}

# build_failed TEXT LOG: show why and give up; or only show it, where somebody
# wants a guest with what did build (BUILD_LENIENT).
build_failed() {
	grep -E -A6 'error|warning|\*\*\*' "$2" | head -n 60 >&2
	if [[ -z ${BUILD_LENIENT:-} ]]; then
		die "$1; the whole log is $2"
	fi
	say "$1; going on without"
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

# build_userspace [TAG]: the copy with the library, tools and test programs built.
build_userspace() {
	local dir=$BUILD_WORK/userspace${1:+-$1}

	build_lock "$dir" build_userspace_locked "$dir"
	printf '%s\n' "$dir"
}

build_userspace_locked() {
	build_sync "$1"
	build_patch "$1"
	[[ ! -f $1/.built ]] || return 0
	if make -k -C "$1" -s -j "$(nproc)" userspace >"$1/.log" 2>&1; then
		touch "$1/.built"
	else
		build_failed "userspace does not build" "$1/.log"
	fi
}

# build_moddep KERNEL-DIR DIR: DIR/.moddep, which laid over the kernel's own
# module tree lets modprobe find ours.
build_moddep() {
	local kernel=$1 dir=$2 release base tree sum

	sum=$(build_find_modules "$dir" -exec sha256sum -- {} + | sort)
	if [[ -f $dir/.modules && $sum == "$(<"$dir/.modules")" ]]; then
		return 0
	fi
	release=$(<"$kernel/release")
	base=$(mktemp -d "$dir/.depmod.XXXXXX")
	tree=$base/lib/modules/$release
	mkdir -p "$tree/updates"
	kernel=$(readlink -f "$kernel/modules")
	ln -s "$kernel"/{kernel,modules.order} "$tree/"
	cp "$kernel"/modules.builtin* "$tree/"
	build_find_modules "$dir" -exec cp -t "$tree/updates" -- {} +
	depmod -b "$base" "$release"
	rm -r "$tree"/{kernel,modules.order}
	rm -rf "$dir/.moddep"
	mv "$tree" "$dir/.moddep"
	rm -r "$base"
	printf '%s\n' "$sum" >"$dir/.modules"
}

# build_here DIR ROOT: in DIR, the modules and the observer for the kernel that
# runs here; in ROOT/lib/modules, a tree that has them beside the kernel's own.
build_here() {
	local release tree part

	release=$(uname -r)
	tree=$2/lib/modules/$release
	for part in . selftests/observer; do
		make -C "/lib/modules/$release/build" "M=$1/$part" \
			-j "$(nproc)" modules
	done
	mkdir -p "$tree/updates"
	ln -s "/lib/modules/$release"/{kernel,modules.*} "$tree/"
	cp -t "$tree/updates" -- "$1"/*.ko "$1"/selftests/observer/*.ko
	depmod -b "$2" "$release"
}

# build_find_modules DIR ACTION...: find(1) on the modules built there.
build_find_modules() {
	local dir=$1

	shift
	find "$dir" -mindepth 1 -name '.*' -prune -o -name '*.ko' "$@"
}

# build_stage KERNEL DIR [TAG]: fill DIR with what a guest of that kernel gets at
# /vgpu: bin, lib, modules, selftests, moddep.
build_stage() {
	local modules user

	modules=$(build_modules "$1" "${3:-guest}")
	user=$(build_userspace)
	mkdir -p "$2"
	cp -r "$modules/.moddep" "$2/moddep"
	ln -s moddep/updates "$2/modules"
	rsync -a --exclude='*.o' --exclude='.*' --exclude='*.ko' \
		--exclude='*.mod*' "$user/selftests" "$2/"
	build_install "$user" "$2"
}

# build_install USERSPACE DIR: the tools into DIR/bin, the library and Slurm's
# plugin into DIR/lib. Unit tests stay where they were built, beside the objects.
build_install() {
	local user=$1

	mkdir -p "$2"/{bin,lib}
	find "$user" -path "$user/tools/*" -type f -perm -u+x ! -name '*.sh' \
		! -name '*.so' ! -path '*.obj/*' -exec cp -t "$2/bin" -- {} +
	find "$user" -path "$user/selftests" -prune -o \
		'(' -name 'libvgpu.so*' -o -name spank_vgpu.so ')' \
		-exec cp -P -t "$2/lib" -- {} +
}

# build_test USERSPACE DIR TEST SECONDS: becomes a test on this machine, with
# what is installed in DIR.
build_test() {
	cd "$1/selftests/${3%/*}" || exit
	export PATH="$2/bin:$PATH" LD_LIBRARY_PATH="$2/lib" VGPU_BUILD=$1
	exec timeout -k 10 "$4" "./${3##*/}" </dev/null
}
