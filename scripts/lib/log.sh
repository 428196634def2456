# SPDX-License-Identifier: GPL-2.0
# log: what the scripts tell a person. Progress goes to stderr, so that the
# functions which answer with a path can be used in $(...).
# shellcheck shell=bash

say() {
	printf '%s\n' "$*" >&2
}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# log_step TEXT COMMAND...: run a long command and say how long it took.
log_step() {
	local what=$1 start=$SECONDS rc=0

	shift
	say "$what ..."
	"$@" || rc=$?
	if ((rc == 0)); then
		say "$what: $((SECONDS - start)) s"
	else
		say "$what: failed after $((SECONDS - start)) s"
	fi
	return "$rc"
}

need_root() {
	[[ $EUID -eq 0 ]] || die "needs root: it installs packages and mounts chroots"
}
