#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# headers.sh INCLUDE CC CXX: every public header compiles alone, twice over, as
# C90, C11 and C++17, and none lets libnl or linux/ through.
set -euo pipefail

include=$1
read -r -a cc <<<"$2"
read -r -a cxx <<<"$3"
n=0
failed=0

ok() {
	n=$((n + 1))
	echo "ok $n - $1"
}

not_ok() {
	n=$((n + 1))
	failed=1
	echo "not ok $n - $1"
}

compile() {
	printf '#include <vgpu/%s>\n#include <vgpu/%s>\n' "$header" "$header" |
		"$@" -I"$include" -Wall -Wextra -Werror -pedantic \
			-fsyntax-only -
}

for path in "$include"/vgpu/*.h; do
	header=${path##*/}
	for std in c90 c11; do
		if compile "${cc[@]}" -std=$std -x c; then
			ok "$header as $std"
		else
			not_ok "$header as $std"
		fi
	done
	if compile "${cxx[@]}" -std=c++17 -x c++; then
		ok "$header as c++17"
	else
		not_ok "$header as c++17"
	fi
	if grep -nE '#include *<(linux|netlink|asm)' "$path"; then
		not_ok "$header names no header of libnl or linux"
	else
		ok "$header names no header of libnl or linux"
	fi
done
echo "1..$n"
exit $failed
