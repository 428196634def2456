#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# symbols.sh INCLUDE MAP LIBRARY CC CXX: the functions that the headers declare,
# those that the map names and those that the library exports are the same, a
# program in C or in C++ can call them, and the library is called libvgpu.so.1.
set -euo pipefail

include=$1
map=$2
library=$3
read -r -a cc <<<"$4"
read -r -a cxx <<<"$5"
n=0
failed=0

same() {
	n=$((n + 1))
	if diff <(printf '%s\n' "$2") <(printf '%s\n' "$3"); then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		failed=1
	fi
}

# links LANGUAGE COMPILER...: a program that needs every function.
links() {
	local language=$1 symbol

	shift
	{
		echo '#include <vgpu/vgpu.h>'
		echo 'typedef void (*function)(void);'
		echo 'extern volatile function all[];'
		echo 'volatile function all[] = {'
		for symbol in $declared; do
			echo "(function)$symbol,"
		done
		echo '}; int main(void) { return !all[0]; }'
	} | "$@" -x "$language" -I"$include" -o /dev/null - -x none "$library"
}

declared=$(cat "$include"/vgpu/*.h | sed -e 's|/\*.*\*/||' | tr '\n' ' ' |
	grep -o 'LIBVGPU_API [^;]*;' | grep -o 'vgpu_[a-z0-9_]* *(' |
	tr -d ' (' | sort -u)
mapped=$(grep -oE '^[[:space:]]+vgpu_[a-z0-9_]+;' "$map" | tr -d '\t ;' |
	sort)
exported=$(nm -D --defined-only --with-symbol-versions "$library" |
	awk '$2 == "T" { print $3 }' | sort)
soname=$(readelf -d "$library" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')

same "every declared function is in the map, and no other" \
	"$declared" "$mapped"
same "every function of the map is exported by version, and no other" \
	"$(awk '{ print $0 "@@LIBVGPU_1.0" }' <<<"$mapped")" "$exported"
same "the SONAME" libvgpu.so.1 "$soname"
same "a program in C links" "" "$(links c "${cc[@]}" 2>&1)"
same "and one in C++" "" "$(links c++ "${cxx[@]}" 2>&1)"
echo "1..$n"
exit $failed
