# SPDX-License-Identifier: GPL-2.0
# kubelet: a real kubelet, for the tests of the device plugin. Debian has no
# binary of it, but bookworm's source package of kubernetes is the whole of it,
# with what it needs in vendor/, and bookworm's Go builds it in some five minutes
# of one CPU.
# shellcheck shell=bash

KUBELET_DIST=bookworm
KUBELET_VERSION=1.20.2
KUBELET_GO=1.19

# kubelet_dir: the directory that holds the program, and in cri.proto what it
# says to container runtimes.
kubelet_dir() {
	local key

	key=$(cache_key "$KUBELET_VERSION" "$KUBELET_GO" \
		"$(cache_hash "$BED_LIB/kubelet.sh")")
	cache_entry kubelet "$key" kubelet_make
}

# kubelet_stage STAGE: into what a guest gets, with the device plugin, which "make
# userspace" leaves out.
kubelet_stage() {
	local user

	user=$(build_userspace)
	build_lock "$user" make -s -C "$user/tools" device-plugin >&2
	cp "$user/tools/build/vgpu-device-plugin" "$1/bin/"
	mkdir -p "$1/kubelet"
	cp "$(kubelet_dir)/kubelet" "$1/kubelet/"
}

# kubelet_make TMP FINAL: build it there. Its tree is 500 MB and goes again.
kubelet_make() {
	local work=$VGPU_CACHE/work/kubelet tree

	rm -rf -- "$work"
	mkdir -p "$work"/{deb,root,gopath/src/k8s.io}
	deb_update "$KUBELET_DIST-source"
	(cd "$work/deb" && deb_apt "$KUBELET_DIST-source" \
		apt-get source --download-only --only-source kubernetes)
	deb_update "$KUBELET_DIST"
	deb_unpack "$KUBELET_DIST" "$work/root" "golang-$KUBELET_GO-go" \
		"golang-$KUBELET_GO-src" golang-github-modern-go-reflect2-dev
	tree=$work/gopath/src/k8s.io/kubernetes
	mkdir "$tree"
	tar -xf "$work"/deb/kubernetes_*"$KUBELET_VERSION".orig.tar.* -C "$tree" \
		--strip-components=1
	kubelet_mend "$work" "$tree"
	kubelet_compile "$work" "$tree" "$1/kubelet"
	"$1/kubelet" --version
	# Less the options of another generator.
	sed -E '/gogo/d; s/ \[[^]]*\];/;/' \
		"$tree"/staging/src/k8s.io/cri-api/pkg/apis/runtime/v1alpha2/api.proto \
		>"$1/cri.proto"
	rm -rf -- "$work"
}

# kubelet_mend WORK TREE: its copy of reflect2 reads Go's own structures and
# crashes with those of 1.18 and later; Debian's package of it does not.
kubelet_mend() {
	local vendor=$2/vendor/github.com/modern-go/reflect2

	rm -f "$vendor"/*.{go,s}
	cp "$1"/root/usr/share/gocode/src/github.com/modern-go/reflect2/*.{go,s} \
		"$vendor/"
	rm -f "$vendor"/*_test.go
}

kubelet_compile() {
	local version=k8s.io/component-base/version.gitVersion=v$KUBELET_VERSION

	cd "$2"
	env -i PATH="$PATH" HOME="$1" GOROOT="$1/root/usr/lib/go-$KUBELET_GO" \
		GOPATH="$1/gopath" GOCACHE="$1/cache" CGO_ENABLED=0 GOPROXY=off \
		GO111MODULE=off GOFLAGS=-p=2 \
		nice "$1/root/usr/lib/go-$KUBELET_GO/bin/go" build \
		-ldflags "-s -w -X $version" -o "$3" \
		k8s.io/kubernetes/cmd/kubelet
}
