# SPDX-License-Identifier: GPL-2.0
# static: the checks that run nothing of ours. Each is a function static_NAME
# which prints what it found and fails if it found anything.
# shellcheck shell=bash disable=SC2034 # STATIC_CHECKS is for sourcers

STATIC_CHECKS=(
	plan shellcheck codespell yamllint checkpatch kernel-doc includes
	version-code generated commits man
	warnings-6.1 warnings-6.12 warnings-7.x
)

# Beside sparse's defaults: no error of it may pass.
STATIC_SPARSE='-D__CHECK_ENDIAN__ -Wsparse-error'

# static_files PATTERN...: the files of the tree that match, NUL-separated.
static_files() {
	git -C "$BED_ROOT" ls-files -z -co --exclude-standard --deduplicate \
		-x build/ -- "$@"
}

# static_run NAME: one check; its output is what it found.
static_run() {
	cd "$BED_ROOT" || return
	case $1 in
	warnings-*) static_warnings "${1#warnings-}" ;;
	*) "static_${1//-/_}" ;;
	esac 2>&1
}

# static_none: fails if there is anything on stdin, and shows it.
static_none() {
	! grep '' || return 1
}

# static_grep OPTION...: grep in the files on stdin; finding nothing is fine.
static_grep() {
	xargs -0 -r sh -c 'grep -nH "$@"; test $? -le 1' grep "$@"
}

static_plan() {
	local user

	plan_read >/dev/null
	user=$(build_userspace)
	plan_strays "$user" | static_none
}

# Scripts of ours, by their first line: many have no suffix.
static_shellcheck() {
	local -a files

	mapfile -d '' -t files < <(static_files | while IFS= read -r -d '' f; do
		if [[ -f $f && ! -L $f ]] && LC_ALL=C head -c 80 -- "$f" |
			LC_ALL=C grep -aqzE '^#!.*\<(ba)?sh\>|shellcheck shell='; then
			printf '%s\0' "$f"
		fi
	done)
	shellcheck -x "${files[@]}"
}

static_codespell() {
	static_files ':!LICENSES' ':!COPYING' |
		xargs -0 codespell -L "$(static_words)"
}

# What codespell takes for mistakes: escapes within strings, macros of manual
# pages, members of structures.
static_words() {
	echo 'tthe,nd,pevent,filp'
}

static_yamllint() {
	static_files '*.yaml' '*.yml' | xargs -0 -r yamllint -s \
		-d '{extends: default, rules: {line-length: {max: 100}}}'
}

# The perl scripts of the kernel's source that check style and comments.
static_kernel_scripts() {
	cache_entry kernel-scripts "$(cache_key "$(kernels_lock source)" \
		"$(cache_hash "$BED_LIB/static.sh")")" static_scripts_make
}

static_scripts_make() {
	local name source

	source=$(kernels_source)/usr/src
	name=$(cd "$source" && echo linux-source-*.tar.xz)
	tar -xf "$source/$name" -C "$1" --strip-components=1 \
		"${name%.tar.xz}"/scripts/{checkpatch.pl,spelling.txt} \
		"${name%.tar.xz}"/scripts/{const_structs.checkpatch,kernel-doc}
}

# Generated files are the generator's business; compat.h is the one place for
# LINUX_VERSION_CODE, which the check version-code sees to.
static_checkpatch() {
	local status=0 not_kernel not_user not_abi

	# A version is compared as its header says; the macros are offsets.
	not_kernel=LINUX_VERSION_CODE,CONSTANT_COMPARISON,MACRO_ARG_REUSE

	# What asks for headers of the kernel, and names of libraries.
	not_user=CAMELCASE,ARRAY_SIZE,BIT_MACRO,PREFER_DEFINED_ATTRIBUTE_MACRO
	not_user+=,PREFER_KERNEL_TYPES,STRCPY,VOLATILE,DATA_RACE
	not_user+=,MEMORY_BARRIER,EMBEDDED_FUNCTION_NAME,SPLIT_STRING,ENOSYS
	# Another driver's names, in lists of three columns, for user space too.
	not_abi=$not_kernel,CAMELCASE,COMPLEX_MACRO,MACRO_ARG_UNUSED,BIT_MACRO
	not_abi+=,PREFER_KERNEL_TYPES
	static_checkpatch_files "$not_abi" 'kmod/drivers/nvidia/abi.[ch]' ||
		status=1
	# Tracepoints are laid out by their own custom: not kmod/trace.h.
	static_checkpatch_files "$not_kernel" 'kmod/*.[ch]' 'uapi/*.h' \
		':!kmod/drivers/nvidia/abi.[ch]' ':!kmod/trace.h' \
		'selftests/observer/*.[ch]' 'selftests/drm/mock/*.[ch]' ||
		status=1
	# The names of NVIDIA's driver, which does not keep its operations const.
	static_checkpatch_files "$not_kernel,CAMELCASE,CONST_STRUCT" \
		'selftests/nvidia/mock/*.[ch]' || status=1
	static_checkpatch_files "$not_user" \
		'libvgpu/*.[ch]' 'tools/*.[ch]' 'selftests/*.[ch]' \
		':!selftests/observer' ':!selftests/drm/mock' \
		':!selftests/nvidia/mock' || status=1
	return "$status"
}

# static_checkpatch_files IGNORE PATTERN...
static_checkpatch_files() {
	local scripts ignore=$1

	shift
	scripts=$(static_kernel_scripts)/scripts
	static_files "$@" | static_written |
		xargs -0 -n 8 -P "$(nproc)" "$scripts/checkpatch.pl" --no-tree \
			--strict --terse -q --no-summary --show-types \
			--ignore "$ignore" -f
}

# static_written: of the files on stdin those that no generator wrote. The status
# of grep -L has meant either since grep 3.2, so it says nothing; a file that
# cannot be read does.
static_written() {
	xargs -0 -r sh -c 'grep -LZ YNL-GEN "$@"; test $? -le 1' grep
}

static_kernel_doc() {
	local scripts

	scripts=$(static_kernel_scripts)/scripts
	static_files 'kmod/*.[ch]' | xargs -0 "$scripts/kernel-doc" -none -Werror
}

# Who may include whom.
static_includes() {
	local -a rules=(
		'kmod/drivers/ "([./]*/)?(account|sched|group|event|netlink[a-z_]*)\.h"'
		'kmod/account "(driver|interpose|netlink[a-z_]*|drivers/.*)\.h"'
		'kmod/sched "(driver|interpose|netlink[a-z_]*|drivers/.*)\.h"'
		'kmod/((?!main|event|netlink)[a-z_]+|drivers/.*)\. "([./]*/)?netlink[a-z_]*\.h"'
		'kmod/(?!drivers/) "drivers/'
		'libvgpu/ "[^"]*kmod/'
		'tools/ "[^"]*(kmod|uapi)/|<(linux/vgpu|netlink/).*>'
		'selftests/(?!observer|nvidia/layout) "[^"]*kmod/|"[./]*kmod'
	)
	local rule

	for rule in "${rules[@]}"; do
		static_files '*.[ch]' | { grep -zP "^${rule% *}" || true; } |
			static_grep -P "^#include (${rule#* })"
	done | sort -u | static_none
}

static_version_code() {
	static_files 'kmod/*.[ch]' ':!kmod/compat.h' |
		static_grep 'LINUX_VERSION_CODE\|KERNEL_VERSION(' | static_none
}

static_generated() {
	scripts/ynl-regen --check
}

# What is published stays as it is, one commit without its sign-off with it.
STATIC_COMMITS_SINCE=2026-11-24T00:00:00Z

static_commits() {
	git log --no-merges --since="$STATIC_COMMITS_SINCE" \
		--format='%h%x09%s%x09%(trailers:key=Signed-off-by,separator=%x2C)' |
		awk -F '\t' '
		length($2) > 72 { print $1 ": subject of " length($2) ": " $2 }
		$3 == "" { print $1 ": no Signed-off-by: " $2 }' | static_none
}

static_man() {
	static_files '*.[1-8]' | xargs -0 -r mandoc -T lint -W warning
}

# Every warning of the compiler and of sparse is an error. A build of its own:
# the guests' modules are built as a user would build them.
static_warnings() {
	build_modules "$1" warnings W=1 C=2 KCFLAGS=-Werror CF="$STATIC_SPARSE" \
		>/dev/null
}
