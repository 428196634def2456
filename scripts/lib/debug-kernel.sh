# SPDX-License-Identifier: GPL-2.0
# debug-kernel: the kernels with the sanitizers, which Debian does not build.
# They are made from Debian's source with the host's compiler, and as small as
# selftests/vm/debug/*.config lets them be: they are the longest part of a
# first run.
# shellcheck shell=bash

DEBUG_KERNEL_CONFIGS=$BED_ROOT/selftests/vm/debug

# Left packed: what no configuration of ours compiles or includes. Kconfig and
# make files stay, since the top ones name those of every directory.
DEBUG_KERNEL_UNUSED=(
	'*/Documentation/*/*'
	'*/arch/[a-tv-w]*/*.[chS]' '*.dts' '*.dtsi'
	'*/drivers/gpu/drm/amd/*.[ch]'
	'*/drivers/net/*/*.[ch]'
	'*/sound/*.[ch]'
	'*/tools/testing/*'
)

# debug_kernel_dir NAME: the directory of a debug kernel, kasan or kcsan, in
# the shape that kernels.sh describes; made if it is not there.
debug_kernel_dir() {
	local name=$1 fragment="$DEBUG_KERNEL_CONFIGS/$1.config"

	[[ -f $fragment ]] || die "no debug kernel '$name'"
	cache_entry "kernel-$name" "$(cache_key "$(kernels_lock source)" \
		"$(gcc --version | head -n 1)" \
		"$(cache_hash "$DEBUG_KERNEL_CONFIGS/base.config" \
			"$fragment" "$BED_LIB/debug-kernel.sh")")" \
		debug_kernel_make "$name"
}

# debug_kernel_make TMP FINAL NAME: the builder.
debug_kernel_make() {
	local tmp=$1 name=$3 source tree="$1/tree"

	pkg_install gcc make bc rsync cpio kmod xz-utils "${PKG_KERNEL[@]}"
	# A make that runs this script must not lend us its flags.
	unset MAKEFLAGS MFLAGS MAKELEVEL ARCH CROSS_COMPILE KCFLAGS
	export KBUILD_BUILD_USER=vgpu KBUILD_BUILD_HOST=vgpu
	export KBUILD_BUILD_TIMESTAMP='1970-01-01'

	source=$(kernels_source)
	mkdir "$tree"
	tar -xf "$source"/usr/src/linux-source-*.tar.xz -C "$tree" \
		--strip-components=1 "${DEBUG_KERNEL_UNUSED[@]/#/--exclude=}"
	cat "$DEBUG_KERNEL_CONFIGS"/{base,"$name"}.config >"$tmp/wanted"
	debug_kernel_configure "$tree" "$tmp/wanted"
	time nice make -C "$tree" -s -j "$(nproc)" bzImage modules
	debug_kernel_install "$tree" "$tmp"
	cp "$source/version" "$tmp/"
	echo host >"$tmp/toolchain"
	rm -rf -- "$tree" "$tmp/wanted"
}

# debug_kernel_configure TREE WANTED: all that WANTED names, and nothing else.
# Kconfig drops without a word what lacks a dependency, so each is looked up.
debug_kernel_configure() {
	local tree=$1 wanted=$2 lost

	KCONFIG_ALLCONFIG=$wanted make -C "$tree" -s allnoconfig
	lost=$(awk '
		function value(line) { return substr(line, index(line, "=") + 1) }
		function symbol(line) { return substr(line, 1, index(line, "=") - 1) }
		FNR == NR { if (/^CONFIG_/) have[symbol($0)] = value($0); next }
		/^# optional: / { optional = 1; next }
		/^CONFIG_/ {
			name = symbol($0)
			got = name in have ? have[name] : "n"
			if (got != value($0) && !(optional && !(name in have)))
				print $0 " became " got
			optional = 0
		}
	' "$tree/.config" "$wanted")
	[[ -z $lost ]] || die "options that this source does not take:"$'\n'"$lost"
}

# debug_kernel_install TREE DIR: the results, from the tree that built them.
debug_kernel_install() {
	local tree=$1 dir=$2 release

	release=$(make -C "$tree" -s kernelrelease)
	echo "$release" >"$dir/release"
	cp "$tree/arch/x86/boot/bzImage" "$dir/vmlinuz"
	cp "$tree/.config" "$dir/config"
	make -C "$tree" -s INSTALL_MOD_STRIP=1 INSTALL_MOD_PATH="$dir/root" \
		modules_install
	rm -f "$dir/root/lib/modules/$release"/{build,source}
	depmod -b "$dir/root" "$release"
	mv "$dir/root/lib/modules/$release" "$dir/modules"
	rm -r "$dir/root"
	# shellcheck disable=SC2016 # make expands it
	make -C "$tree" -s run-command \
		KBUILD_RUN_COMMAND='$(srctree)/scripts/package/install-extmod-build '"$dir/build"
	[[ -s $dir/build/Module.symvers ]]
}
