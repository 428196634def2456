# SPDX-License-Identifier: GPL-2.0
# cache: results that take minutes and depend only on their inputs. An entry
# is a directory, named by a hash over everything that went into it; it is
# built under another name and renamed, so an entry that exists is complete.
# shellcheck shell=bash

VGPU_CACHE=${VGPU_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vgpu}
CACHE_KEEP_DAYS=14

# cache_log NAME: the path of a log file.
cache_log() {
	mkdir -p "$VGPU_CACHE/log"
	printf '%s/log/%s.log\n' "$VGPU_CACHE" "$1"
}

# cache_key TEXT...: a key over the texts.
cache_key() {
	printf '%s\0' "$@" | sha256sum | cut -c1-16
}

# cache_hash FILE...: a text for cache_key which changes with the contents.
cache_hash() {
	cat -- "$@" | sha256sum | cut -d' ' -f1
}

# cache_entry NAME KEY FUNCTION ARG...: the directory of the entry. A missing
# one is made by "FUNCTION TMP FINAL ARG...", which fills the empty directory
# TMP; FINAL is where it will live.
cache_entry() {
	local name=$1 key=$2 fn=$3
	local dir="$VGPU_CACHE/$name/$key" lock

	shift 3
	if [[ ! -d $dir ]]; then
		mkdir -p "$VGPU_CACHE/$name" "$VGPU_CACHE/lock"
		exec {lock}>"$VGPU_CACHE/lock/$name-$key"
		flock "$lock"
		[[ -d $dir ]] || log_step "prepare $name" \
			cache_build "$name" "$dir" "$fn" "$@" || exit 1
		exec {lock}>&-
	fi
	touch -- "$dir.used"
	printf '%s\n' "$dir"
}

# The builder runs in a shell of its own: errexit does not work inside a
# function that was called from a condition.
cache_build() {
	local name=$1 dir=$2 tmp log

	shift 2
	tmp=$(mktemp -d "$dir.tmp.XXXXXX")
	chmod 755 "$tmp"
	log=$(cache_log "${name//\//-}")
	if bash -euo pipefail -c '. "$1"; fn=$2; shift 2; "$fn" "$@"' \
		"$0" "$BED_LIB/bed.sh" "$1" "$tmp" "$dir" "${@:2}" \
		>"$log" 2>&1 {lock}>&-; then
		mv -T -- "$tmp" "$dir"
		return 0
	fi
	rm -rf -- "$tmp"
	tail -n 15 "$log" >&2
	say "the whole log is $log"
	return 1
}

# cache_prune: drop what nobody used for two weeks, and half-made entries of
# runs that were killed.
cache_prune() {
	local used

	mkdir -p "$VGPU_CACHE"/{runs,work}
	find "$VGPU_CACHE" -mindepth 2 -maxdepth 3 -name '*.used' \
		-mtime "+$CACHE_KEEP_DAYS" -print | while read -r used; do
		rm -rf --one-file-system -- "${used%.used}" "$used"
	done
	find "$VGPU_CACHE" -mindepth 2 -maxdepth 3 -name '*.tmp.*' -type d \
		-mtime +1 -exec rm -rf --one-file-system -- {} +
	find "$VGPU_CACHE"/{runs,work} -mindepth 1 -maxdepth 1 -type d \
		-mtime "+$CACHE_KEEP_DAYS" -exec rm -rf --one-file-system -- {} +
}
