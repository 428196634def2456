# SPDX-License-Identifier: GPL-2.0
# deb: packages of a Debian release that need not be the machine's own, through
# an apt state of our own: own sources, lists and cache, checked against
# debian-archive-keyring. The machine's sources are neither read nor changed.
# shellcheck shell=bash

DEB_MIRROR=${VGPU_DEB_MIRROR:-http://deb.debian.org}
DEB_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# deb_sources DIST: the lines of its sources.list; of DIST-source, those of the
# source packages.
deb_sources() {
	local suite by="[signed-by=$DEB_KEYRING]"
	local -a suites=("$1")

	if [[ $1 == *-source ]]; then
		echo "deb-src $by $DEB_MIRROR/debian ${1%-source} main"
		return 0
	fi
	[[ $1 == trixie ]] && suites+=(trixie-backports)
	for suite in "${suites[@]}"; do
		echo "deb $by $DEB_MIRROR/debian $suite main contrib"
	done
	echo "deb $by $DEB_MIRROR/debian-security $1-security main contrib"
}

# deb_apt DIST COMMAND...: apt-get or apt-cache on that release's state.
deb_apt() {
	local state="$VGPU_CACHE/apt/$1" command=$2

	shift 2
	"$command" -q -o Dir::Etc::SourceList="$state/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null \
		-o Dir::Etc::PreferencesParts=/dev/null \
		-o Dir::State="$state" -o Dir::State::status="$state/status" \
		-o Dir::Cache="$state/cache" -o APT::Sandbox::User=root "$@"
}

# deb_update DIST: fetch its lists, once in the life of a shell.
deb_update() {
	local state="$VGPU_CACHE/apt/$1"

	[[ -z ${DEB_UPDATED[$1]:-} ]] || return 0
	mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
	deb_sources "$1" >"$state/sources.list"
	: >"$state/status"
	deb_apt "$1" apt-get update
	DEB_UPDATED[$1]=1
}
declare -gA DEB_UPDATED=()

# deb_has DIST PACKAGE VERSION: is that version in the index?
deb_has() {
	deb_apt "$1" apt-cache madison "$2" |
		awk -F' *[|] *' -v v="$3" '$2 == v { f = 1 } END { exit !f }'
}

# deb_newest DIST REGEX: the newest package whose name matches, by its name.
deb_newest() {
	deb_apt "$1" apt-cache pkgnames | grep -E -- "$2" | sort -V | tail -n 1
}

# deb_version DIST PACKAGE: the newest version of it.
deb_version() {
	deb_apt "$1" apt-cache madison "$2" |
		awk -F' *[|] *' '{ print $2 }' | sort -V | tail -n 1
}

# deb_unpack DIST DIR PACKAGE=VERSION...: fetch and unpack into DIR.
deb_unpack() {
	local dist=$1 dir=$2 tmp deb

	shift 2
	tmp=$(mktemp -d "$VGPU_CACHE/apt/$dist/fetch.XXXXXX")
	(cd "$tmp" && deb_apt "$dist" apt-get download "$@")
	for deb in "$tmp"/*.deb; do
		dpkg-deb -x "$deb" "$dir"
	done
	rm -rf -- "$tmp"
}
