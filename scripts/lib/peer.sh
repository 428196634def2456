# SPDX-License-Identifier: GPL-2.0
# peer: what the tests of the device plugin speak gRPC with, which is not the
# gRPC that it is built on. From the npm registry; each package is pinned by its
# hash, and none may run a script.
# shellcheck shell=bash

PEER_SOURCE=$BED_ROOT/selftests/node/peer

# peer_modules: a node_modules folder, for NODE_PATH.
peer_modules() {
	local dir

	dir=$(cache_entry peer "$(cache_key "$(cache_hash \
		"$PEER_SOURCE"/package{,-lock}.json)")" peer_make)
	printf '%s/node_modules\n' "$dir"
}

peer_make() {
	cp "$PEER_SOURCE"/package{,-lock}.json "$1/"
	(cd "$1" && npm ci --ignore-scripts --no-audit --no-fund)
}
