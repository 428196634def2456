# SPDX-License-Identifier: GPL-2.0
# kernels: the kernels of the test matrix, by the names of kernels.lock, and
# the debug kernels. A kernel is a directory with
#	vmlinuz		what qemu boots
#	release		what uname -r says there
#	modules/	the tree of /lib/modules/RELEASE, uncompressed
#	build/		the headers, for make -C build M=...
#	toolchain	"host", or "trixie" for the build chroot
#	note		where another version than the locked one was taken
# shellcheck shell=bash disable=SC2034 # used by those who source it

KERNELS_LOCK=$BED_ROOT/selftests/kernels.lock
KERNELS_STOCK=(6.1 6.12 7.x)
KERNELS_DEBUG=(kasan kcsan)

# kernels_lock NAME: its line: dist, series, release, version.
kernels_lock() {
	awk -v n="$1" '$1 == n { print $2, $3, $4, $5; f = 1 }
		END { exit !f }' "$KERNELS_LOCK" ||
		die "no kernel '$1' in selftests/kernels.lock"
}

# kernel_dir NAME: the directory of a kernel, made if it is not there.
kernel_dir() {
	local name=$1 line dir

	if [[ " ${KERNELS_DEBUG[*]} " == *" $name "* ]]; then
		declare -F debug_kernel_dir >/dev/null ||
			die "no debug kernels here: $name"
		debug_kernel_dir "$name"
		return
	fi
	line=$(kernels_lock "$name")
	dir=$(cache_entry "kernel-$name" "$(cache_key "$line" \
		"$(cache_hash "$BED_LIB/kernels.sh")")" kernel_make "$line")
	if [[ -s $dir/note ]]; then
		say "kernel $name: $(<"$dir/note")"
	fi
	printf '%s\n' "$dir"
}

# kernel_make TMP FINAL LINE: the builder of a stock kernel.
kernel_make() {
	local tmp=$1 final=$2 dist series release version image kbuild

	read -r dist series release version <<<"$3"
	deb_update "$dist"
	image=$(kernel_image "$release")
	if ! deb_has "$dist" "$image-$release" "$version"; then
		image=$(deb_newest "$dist" "^$image-$series\$")
		[[ -n $image ]] || die "$dist has no kernel of the series $series"
		printf 'the locked %s %s has left %s; ' \
			"$release" "$version" "$dist" >"$tmp/note"
		release=${image#linux-image-}
		release=${release#linux-binary-}
		version=$(deb_version "$dist" "$image")
		printf 'taking %s %s\n' "$release" "$version" >>"$tmp/note"
		image=${image%-"$release"}
	fi
	# In bookworm its name is the same for all revisions, of which the index
	# has one: often a later one than the image, which awaits its signature.
	# The headers ask for that version or later.
	kbuild=$(deb_apt "$dist" apt-cache show \
		"linux-headers-$release=$version" |
		grep -o 'linux-kbuild-[^ ,]*' | tail -n 1)
	set -- "$image-$release=$version" "linux-headers-$release=$version" \
		"linux-headers-${release%-amd64}-common=$version" \
		"$kbuild=$(deb_version "$dist" "$kbuild")"
	if [[ $image == linux-binary ]]; then
		set -- "$@" "linux-modules-$release=$version" \
			"linux-base-$release=$version"
	fi
	deb_unpack "$dist" "$tmp/root" "$@"
	kernel_settle "$tmp" "$final" "$release"
	[[ $dist == bookworm ]] && dist=host
	echo "$dist" >"$tmp/toolchain"
	echo "$version" >"$tmp/version"
}

# From 7.x on the image is split; the package with vmlinuz has another name.
kernel_image() {
	if [[ $1 == 7.* ]]; then
		echo linux-binary
	else
		echo linux-image
	fi
}

# kernel_settle TMP FINAL RELEASE: bring the unpacked packages into the shape
# above. The headers name their other half by absolute paths.
kernel_settle() {
	local tmp=$1 final=$2 release=$3 root=$1/root image

	if [[ -d $root/lib/modules ]]; then
		mkdir -p "$root/usr/lib/modules"
		mv "$root/lib/modules/$release" "$root/usr/lib/modules/"
		rm -r "${root:?}/lib"
	fi
	ln -s usr/lib "$root/lib"
	for image in "$root/boot/vmlinuz-$release" \
		"$root/usr/lib/modules/$release/vmlinuz"; do
		if [[ -f $image ]]; then
			mv "$image" "$tmp/vmlinuz"
		fi
	done
	rm -rf "${root:?}/boot" "${root:?}/usr/share" "${root:?}/etc" \
		"$root/usr/lib/modules/$release"/{build,source}
	sed -i "s|/usr/src/|$final/root/usr/src/|" \
		"$root/usr/src/linux-headers-$release/Makefile"
	ln -s "root/usr/src/linux-headers-$release" "$tmp/build"
	ln -s "root/usr/lib/modules/$release" "$tmp/modules"
	# With vmlinux there, modules get BTF, for which the build needs pahole.
	rm -f "$root/usr/src/linux-headers-$release/vmlinux"
	# A guest takes seconds to decompress what this machine does once.
	find "$tmp/modules/" -name '*.ko.xz' -print0 |
		xargs -0 -r -n 64 -P 2 xz -d
	depmod -b "$root" "$release"
	echo "$release" >"$tmp/release"
	[[ -f $tmp/vmlinuz ]]
}

# kernels_source: the directory with the locked linux-source package unpacked
# as Debian ships it (usr/src/linux-source-*.tar.xz).
kernels_source() {
	local line

	line=$(kernels_lock source)
	cache_entry kernel-source "$(cache_key "$line" \
		"$(cache_hash "$BED_LIB/kernels.sh")")" kernels_source_make "$line"
}

kernels_source_make() {
	local tmp=$1 dist series release version

	read -r dist series release version <<<"$3"
	deb_update "$dist"
	if ! deb_has "$dist" "linux-source-$series" "$version"; then
		say "linux-source $version has left $dist; taking the newest"
		version=$(deb_version "$dist" "linux-source-$release")
	fi
	deb_unpack "$dist" "$tmp" "linux-source-$release=$version"
	echo "$version" >"$tmp/version"
}
