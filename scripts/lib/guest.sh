# SPDX-License-Identifier: GPL-2.0
# guest: one boot of one kernel in qemu. thread=single because qemu 7.2 cannot
# patch live code safely with one thread per CPU.
# shellcheck shell=bash disable=SC2034,SC2054 # used by sourcers; commas of qemu

# Loaded by the initramfs; whatever of it a kernel has built in is skipped.
GUEST_MODULES=(virtio_pci virtio_console 9pnet_virtio 9p overlay)

# What must never be on a console. "vgpu-test:" lines are our own marks.
GUEST_FAULTS='WARNING:|BUG:|Oops|KASAN|KCSAN|UBSAN:|Call Trace|Kernel panic'
GUEST_FAULTS+='|possible circular|possible recursive|inconsistent lock'
GUEST_FAULTS+='|suspicious RCU|Invalid wait context|DEBUG_LOCKS_WARN'
GUEST_FAULTS+='|unreferenced object|blocked for more than|soft lockup'
GUEST_FAULTS+='|rcu.*(stall|self-detected)|general protection fault'
GUEST_FAULTS+='|unable to handle|refcount_t:|list_(add|del) corruption'
GUEST_FAULTS+='|initramfs: no|init: no'

# What they match that is no fault: the lines in which the debugging tools say
# that they are there.
GUEST_INNOCENT='(KernelAddressSanitizer|kcsan: (enabled|strict|non-strict))'
GUEST_INNOCENT+='|RCU lockdep checking is enabled|vgpu-test:'

# guest_initramfs KERNEL: the directory with that kernel's initrd.gz.
guest_initramfs() {
	local dir

	dir=$(kernel_dir "$1")
	cache_entry "initramfs-$1" "$(cache_key "$dir" "${GUEST_MODULES[*]}" \
		"$(cache_hash "$BED_LIB/guest.sh" \
			"$BED_ROOT/selftests/vm/initramfs" \
			/bin/busybox)")" guest_initramfs_make "$dir"
}

guest_initramfs_make() {
	local tmp=$1 kernel=$3 release root=$1/root module path

	release=$(<"$kernel/release")
	mkdir -p "$root"/{bin,proc,sys,dev,modules,lower,upper,new}
	mkdir -p "$tmp/base/lib/modules"
	ln -s "$(readlink -f "$kernel/modules")" "$tmp/base/lib/modules/$release"
	cp /bin/busybox "$root/bin/"
	for path in sh mount umount insmod mkdir uname reboot switch_root echo; do
		ln -s busybox "$root/bin/$path"
	done
	cp "$BED_ROOT/selftests/vm/initramfs" "$root/init"
	for module in "${GUEST_MODULES[@]}"; do
		modprobe -d "$tmp/base" -S "$release" --show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$tmp/order"
	while read -r path; do
		cp "$path" "$root/modules/"
		echo "${path##*/}" >>"$root/modules/order"
	done <"$tmp/order"
	touch "$root/modules/order"
	(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) \
		>"$tmp/initrd.gz"
	rm -r "$root" "$tmp/base"
}

# guest_arguments KERNEL OUT STAGE: sets the array GUEST_ARGUMENTS for qemu.
# Options are in GUEST_GL, GUEST_ICOUNT, GUEST_STRESS and GUEST_NODE (1 or
# empty) and GUEST_MEMORY.
guest_arguments() {
	local dir out=$2 stage=$3 append root

	dir=$(kernel_dir "$1")
	if [[ -n ${GUEST_NODE:-} ]]; then
		root=$(node_rootfs_dir)
	else
		root=$(rootfs_dir)
	fi
	append="console=ttyS0 loglevel=7 printk.devkmsg=on panic=-1 oops=panic"
	GUEST_ARGUMENTS=(
		-cpu max -m "${GUEST_MEMORY:-2G}" -nodefaults -no-user-config -no-reboot
		-kernel "$dir/vmlinuz"
		-initrd "$(guest_initramfs "$1")/initrd.gz"
		-chardev "file,id=console,path=$out/console"
		-serial chardev:console
		-device virtio-serial-pci
		-chardev file,id=report,path=/proc/self/fd/1
		-device virtserialport,chardev=report,name=vgpu.report
		-device virtio-rng-pci
	)
	# The interrupt routing of pc is an AML program, which takes KASAN half a
	# minute for each device; that of q35 is a table.
	if [[ " ${KERNELS_DEBUG[*]} " == *" $1 "* ]]; then
		GUEST_ARGUMENTS+=(-machine q35)
	fi
	guest_share root "$root/root"
	guest_share modules "$(readlink -f "$dir/modules")"
	guest_share vgpu "$stage"
	guest_share job "$out/job"
	if [[ -n ${GUEST_ICOUNT:-} ]]; then
		append+=" nokaslr"
		GUEST_ARGUMENTS+=(-accel tcg -smp 1 -icount shift=0,sleep=off)
	elif [[ -n ${GUEST_STRESS:-} ]]; then
		GUEST_ARGUMENTS+=(-accel tcg,thread=multi -smp 4)
	else
		GUEST_ARGUMENTS+=(-accel tcg,thread=single -smp 2)
	fi
	if [[ -n ${GUEST_GL:-} ]]; then
		GUEST_ARGUMENTS+=(-vga none -device virtio-gpu-gl-pci
			-display sdl,gl=on)
	else
		GUEST_ARGUMENTS+=(-vga none -device virtio-gpu-pci -display none)
	fi
	GUEST_ARGUMENTS+=(-append "$append")
}

guest_share() {
	GUEST_ARGUMENTS+=(-virtfs
		"local,path=$2,mount_tag=$1,security_model=none,readonly=on,multidevs=remap")
}

# guest_start LIMIT LOG: run qemu with GUEST_ARGUMENTS for at most LIMIT
# seconds of wall clock, in the background. Sets GUEST_PID, and GUEST_REPORT to
# a file descriptor with the guest's report, which ends when qemu does. With a
# GPU it needs a display, which is its own and goes with it.
guest_start() {
	local limit=$1 log=$2 number
	local -a QEMU_COMMAND=(qemu-system-x86_64)

	[[ -z ${GUEST_STRESS:-} ]] || qemu_command
	if [[ -n ${GUEST_GL:-} ]]; then
		exec {number}< <(exec Xvfb -displayfd 1 -screen 0 1280x800x24 \
			-nolisten tcp 2>>"$log")
		GUEST_XVFB=$!
		read -r -t 30 -u "$number" DISPLAY || die "Xvfb does not start"
		export DISPLAY=":$DISPLAY" SDL_VIDEODRIVER=x11
		exec {number}<&-
	fi
	exec {GUEST_REPORT}< <(exec timeout -k 5 "$limit" \
		"${QEMU_COMMAND[@]}" "${GUEST_ARGUMENTS[@]}" \
		</dev/null 2>>"$log")
	GUEST_PID=$!
}

# guest_stop: end what guest_start began. Safe to call twice.
guest_stop() {
	[[ -z ${GUEST_PID:-} ]] || kill "$GUEST_PID" 2>/dev/null || true
	[[ -z ${GUEST_XVFB:-} ]] || kill "$GUEST_XVFB" 2>/dev/null || true
	GUEST_PID='' GUEST_XVFB=''
}

# guest_own_races: stdin without those reports of KCSAN in which no code of this
# tree has a part. The kernel has races of its own.
guest_own_races() {
	awk '
	/==========$/ {
		held = held $0 "\n"
		if (inside && (ours || !race))
			printf "%s", held
		if (inside)
			held = ""
		inside = !inside; ours = race = 0
		next
	}
	!inside { print; next }
	{ held = held $0 "\n" }
	/BUG: KCSAN/ { race = 1 }
	/\[(vgpu|observer|conflict)/ { ours = 1 }
	END { printf "%s", held }'
}

# guest_faults CONSOLE [TEST]: the lines that must not be there, of the whole
# console or between the marks of one test.
guest_faults() {
	if [[ -n ${2:-} ]]; then
		awk -v s="vgpu-test: start $2" -v e="vgpu-test: end $2" '
			{ sub(/\r$/, "") }
			substr($0, length($0) - length(s) + 1) == s { on = 1 }
			on { print }
			substr($0, length($0) - length(e) + 1) == e { on = 0 }
		' "$1"
	else
		cat -- "$1"
	fi | tr -d '\r' | guest_own_races | grep -aE -- "$GUEST_FAULTS" |
		grep -avE -- "$GUEST_INNOCENT" || true
}
