# SPDX-License-Identifier: GPL-2.0
# TAP for test scripts. The plan comes last, so output that was cut off has
# none and fails.
# shellcheck shell=bash

TAP_NR=0
TAP_FAILED=0

# ok DESCRIPTION COMMAND...: passes if the command does.
ok() {
	local description=$1 not=''

	shift
	TAP_NR=$((TAP_NR + 1))
	if ! "$@"; then
		not='not '
		TAP_FAILED=$((TAP_FAILED + 1))
	fi
	echo "${not}ok $TAP_NR - $description"
}

# is GOT WANT DESCRIPTION
is() {
	ok "$3" test "$1" = "$2"
	[[ $1 == "$2" ]] || note "got $1, want $2"
}

note() {
	printf '# %s\n' "$@"
}

bail() {
	echo "Bail out! $*"
	exit 1
}

# The last words: the plan, and the exit status.
done_testing() {
	echo "1..$TAP_NR"
	((TAP_NR > 0 && TAP_FAILED == 0))
}
