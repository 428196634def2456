# SPDX-License-Identifier: GPL-2.0
# A node of Kubernetes in a guest: a kubelet by itself, with pods from a
# directory, Debian's containerd as Documentation/integrations/kubernetes.rst
# sets it up, and vgpu-device-plugin by its manifest. All of it in WORK; the images
# are made here.
# shellcheck shell=bash

PODS_PIDS=()
PODS_IMAGE=localhost/client:1
PODS_LOGS=/var/log/pods
PODS_SOCKETS=/var/lib/kubelet/device-plugins

# pods_run NAME COMMAND...: a daemon.
pods_run() {
	local name=$1

	shift
	"$@" >"$WORK/$name.log" 2>&1 </dev/null &
	PODS_PIDS+=($!)
}

# pods_until SECONDS COMMAND...
pods_until() {
	local end=$((SECONDS + $1))

	shift
	while ! "$@"; do
		((SECONDS < end)) || return 1
		sleep 0.2
	done
}

# pods_root ROOT PROGRAM...: what these are linked to, where they look for it.
pods_root() {
	local root=$1 libraries=$1/lib/x86_64-linux-gnu

	shift
	mkdir -p "$root"/{bin,lib64,dev,proc,sys,tmp,etc} "$libraries"
	cp -L /lib64/ld-linux-x86-64.so.2 "$root/lib64/"
	ldd "$@" | awk '$2 == "=>" { print $3 }' | sort -u |
		xargs cp -L -t "$libraries"
}

# pods_import NAME TAG CONFIG: the image of WORK/NAME/root, for containerd.
pods_import() {
	local dir=$WORK/$1 digest

	tar -C "$dir/root" -cf "$dir/layer.tar" .
	digest=$(sha256sum "$dir/layer.tar" | cut -d' ' -f1)
	jq -n --arg digest "sha256:$digest" --argjson config "$3" '{
		architecture: "amd64", os: "linux", config: $config,
		rootfs: { type: "layers", diff_ids: [$digest] } }' \
		>"$dir/config.json"
	jq -n --arg tag "$2" '[{ Config: "config.json",
		RepoTags: [$tag], Layers: ["layer.tar"] }]' \
		>"$dir/manifest.json"
	tar -C "$dir" -cf "$dir.tar" manifest.json config.json layer.tar
	ctr -n k8s.io images import "$dir.tar" >>"$WORK/import.log" 2>&1
}

# pods_image: busybox, the client and what it is linked to.
pods_image() {
	local root=$WORK/image/root

	pods_root "$root" "$CLIENT"
	mkdir "$root/shared"
	cp /bin/busybox "$CLIENT" "$root/bin/"
	ln -s busybox "$root/bin/sh"
	ln -s busybox "$root/bin/sleep"
	pods_import image "$PODS_IMAGE" \
		'{ "Cmd": ["/bin/sleep", "100000"], "Env": ["PATH=/bin"] }'
}

# pods_plugin_image: what there would be for the plugin in that of the
# Containerfile, under the name that the manifest has for it.
pods_plugin_image() {
	local root=$WORK/plugin/root entrypoint program

	entrypoint=$(sed -n 's/^ENTRYPOINT //p' lib/Containerfile)
	program=$(jq -r '.[0]' <<<"$entrypoint")
	pods_root "$root" /vgpu/bin/vgpu-device-plugin
	mkdir -p "$root${program%/*}"
	cp /vgpu/bin/vgpu-device-plugin "$root$program"
	pods_import plugin "$(sed -n 's/^ *image: //p' lib/device-plugin.yaml)" \
		"{ \"Entrypoint\": $entrypoint }"
}

pods_containerd() {
	# As installed, but that it finds its library in the guest.
	printf '#!/bin/sh\nexec env LD_LIBRARY_PATH=%s %s "$@" 2>>%s/said\n' \
		"$LD_LIBRARY_PATH" "$(command -v vgpu-oci-hook)" "$WORK" \
		>"$WORK/vgpu-oci-hook"
	chmod +x "$WORK/vgpu-oci-hook"
	: >"$WORK/said"
	mkdir -p /etc/containerd /run/containerd
	ctr oci spec | jq --arg hook "$WORK/vgpu-oci-hook" \
		'.hooks.createRuntime = [{ path: $hook,
			args: ["vgpu-oci-hook"], timeout: 30 }]' \
		>/etc/containerd/vgpu.json
	cat >/etc/containerd/config.toml <<-CONF
		version = 2
		[plugins."io.containerd.grpc.v1.cri"]
		  sandbox_image = "$PODS_IMAGE"
		  disable_apparmor = true
		[plugins."io.containerd.grpc.v1.cri".containerd]
		  snapshotter = "native"
		[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
		  runtime_type = "io.containerd.runc.v2"
		  base_runtime_spec = "/etc/containerd/vgpu.json"
	CONF
	pods_run containerd containerd
	pods_until 60 test -S /run/containerd/containerd.sock &&
		pods_image && pods_plugin_image
}

pods_kubelet() {
	pods_run kubelet /vgpu/kubelet/kubelet \
		--pod-manifest-path="$WORK/manifests" --file-check-frequency=1s \
		--container-runtime=remote \
		--container-runtime-endpoint=unix:///run/containerd/containerd.sock \
		--cgroup-driver=cgroupfs --fail-swap-on=false \
		--hostname-override=node --node-ip=10.9.9.1 \
		--node-labels=vgpu.io/gpu=true \
		--address=127.0.0.1 --eviction-hard= --runtime-request-timeout=10m \
		--v=2
	pods_until 120 test -S "$PODS_SOCKETS/kubelet.sock"
}

# pods_plugin: as the DaemonSet's controller makes it for this node, but that its
# units are smaller.
pods_plugin() {
	{
		printf 'apiVersion: v1\nkind: Pod\n'
		sed -e '1,/^  template:$/d' -e 's/^    //' \
			-e 's/^metadata:$/&\n  name: plugin\n  namespace: kube-system/' \
			-e 's/--unit=256Mi/--unit=8Mi/' \
			-e "s|--resource=.*|--resource=$RESOURCE|" \
			lib/device-plugin.yaml
	} >"$WORK/plugin.yaml"
	mv "$WORK/plugin.yaml" "$WORK/manifests/"
}

# pods_registrations: how often the kubelet was told of the plugin. Its pod's log
# goes with what wrote it.
pods_registrations() {
	grep -c "Got registration request .*\"$RESOURCE\"" "$WORK/kubelet.log"
}

# pods_registered TIMES
pods_registered() {
	(($(pods_registrations) >= $1))
}

pods_start() {
	local dir

	ip addr add 10.9.9.1/24 dev lo
	ip route add default via 10.9.9.2 dev lo
	for dir in containerd kubelet; do
		mkdir -p "/var/lib/$dir"
		mount -t tmpfs none "/var/lib/$dir"
	done
	mount --make-rshared /
	mkdir -p "$WORK"/{manifests,shared}
	pods_containerd || return 1
	pods_kubelet || return 1
	pods_plugin
	pods_until 120 pods_registered 1
}

# pod NAME UNITS ENVIRONMENT ANNOTATIONS: a pod whose client takes all that it
# gets, a MiB at a time, and holds it for as long as the pod is there. It ends at
# once only where it cannot begin.
pod() {
	jq -n --arg name "$1" --arg image "$PODS_IMAGE" --arg units "$2" \
		--argjson env "$3" --argjson annotations "$4" \
		--arg resource "$RESOURCE" --arg shared "$WORK/shared" '
		(if $units == "0" then {} else { ($resource): $units } end) as $r |
		{ apiVersion: "v1", kind: "Pod",
		  metadata: { name: $name, annotations: $annotations },
		  spec: { hostNetwork: true, terminationGracePeriodSeconds: 1,
			restartPolicy: "Never",
			volumes: [{ name: "shared", hostPath: { path: $shared } }],
			containers: [{ name: "main", image: $image, env: $env,
				imagePullPolicy: "Never",
				command: ["/bin/sh", "-c",
					"busybox mkfifo /tmp/in; exec 3<>/tmp/in; rmclient hold 1M 100 <&3 >/shared/\($name); echo $? >/shared/\($name).failed"],
				volumeMounts: [{ name: "shared", mountPath: "/shared" }],
				resources: { limits: $r, requests: $r } }] } }' \
		>"$WORK/$1.json"
	mv "$WORK/$1.json" "$WORK/manifests/"
}

# pods_example NAME UNITS: the pod that is there to be copied, less its image, and
# in the host's network, for there is none of pods here.
pods_example() {
	sed -e "s/^  name: .*/  name: $1/" -e "s|image: .*|image: $PODS_IMAGE|" \
		-e "s|vgpu\.io/.*: .*|$RESOURCE: $2|" \
		-e 's/^spec:$/&\n  hostNetwork: true/' \
		lib/pod.yaml >"$WORK/$1.yaml"
	mv "$WORK/$1.yaml" "$WORK/manifests/"
}

pod_remove() {
	rm "$WORK/manifests/$1".*
}

# pod_container NAME: its container, which is not the one that holds its
# namespaces.
pod_container() {
	ctr -n k8s.io containers list -q \
		"labels.\"io.kubernetes.pod.name\"==$1-node,labels.\"io.cri-containerd.kind\"==container"
}

# pod_runs NAME
pod_runs() {
	ctr -n k8s.io tasks list 2>/dev/null |
		grep -q "^$(pod_container "$1") .*RUNNING"
}

# pod_run NAME COMMAND...: in its container.
pod_run() {
	local name=$1

	shift
	ctr -n k8s.io tasks exec --exec-id selftest "$(pod_container "$name")" \
		"$@" </dev/null
}

# Its client was refused, or it could not even begin.
pod_refused() {
	grep -qs 'status 0x' <(grep -v 'status 0$' "$WORK/shared/$1" 2>/dev/null) ||
		[[ -e $WORK/shared/$1.failed ]]
}

pods_wait() {
	pods_until 120 pod_refused "$1"
}

pods_stop() {
	local id

	((${#PODS_PIDS[@]})) || return 0
	for id in $(ctr -n k8s.io tasks list -q 2>/dev/null); do
		ctr -n k8s.io tasks kill -s KILL "$id" 2>/dev/null
	done
	kill "${PODS_PIDS[@]}" 2>/dev/null
	wait "${PODS_PIDS[@]}" 2>/dev/null
}
