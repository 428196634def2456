# SPDX-License-Identifier: GPL-2.0
# A node of Kubernetes in a guest: a kubelet by itself, with pods from a
# directory, Debian's containerd as Documentation/integrations/kubernetes.rst
# sets it up, and vgpu-device-plugin. All of it in WORK; its image is made here.
# shellcheck shell=bash

PODS_PIDS=()
PODS_IMAGE=localhost/client:1

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

# pods_image: busybox, the client and what it is linked to, for containerd.
pods_image() {
	local root=$WORK/image/root layer=$WORK/image/layer.tar digest

	mkdir -p "$root"/{bin,lib64,lib/x86_64-linux-gnu,dev,proc,sys,tmp,shared}
	cp /bin/busybox "$CLIENT" "$root/bin/"
	ln -s busybox "$root/bin/sh"
	ln -s busybox "$root/bin/sleep"
	cp -L /lib64/ld-linux-x86-64.so.2 "$root/lib64/"
	cp -L /lib/x86_64-linux-gnu/libc.so.6 "$root/lib/x86_64-linux-gnu/"
	tar -C "$root" -cf "$layer" .
	digest=$(sha256sum "$layer" | cut -d' ' -f1)
	jq -n --arg digest "sha256:$digest" '{
		architecture: "amd64", os: "linux",
		config: { Cmd: ["/bin/sleep", "100000"],
			Env: ["PATH=/bin"] },
		rootfs: { type: "layers", diff_ids: [$digest] } }' \
		>"$WORK/image/config.json"
	jq -n --arg tag "$PODS_IMAGE" '[{ Config: "config.json",
		RepoTags: [$tag], Layers: ["layer.tar"] }]' \
		>"$WORK/image/manifest.json"
	tar -C "$WORK/image" -cf "$WORK/image.tar" manifest.json config.json \
		layer.tar
	ctr -n k8s.io images import "$WORK/image.tar" >"$WORK/import.log" 2>&1
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
	pods_until 60 test -S /run/containerd/containerd.sock && pods_image
}

pods_kubelet() {
	pods_run kubelet /vgpu/kubelet/kubelet \
		--pod-manifest-path="$WORK/manifests" --file-check-frequency=1s \
		--container-runtime=remote \
		--container-runtime-endpoint=unix:///run/containerd/containerd.sock \
		--cgroup-driver=cgroupfs --fail-swap-on=false \
		--hostname-override=node --node-ip=10.9.9.1 \
		--address=127.0.0.1 --eviction-hard= --runtime-request-timeout=10m \
		--v=2
	pods_until 120 test -S /var/lib/kubelet/device-plugins/kubelet.sock
}

pods_registered() {
	grep -q "registered $RESOURCE with" "$WORK/plugin.log"
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
	pods_run plugin vgpu-device-plugin --unit 8Mi --resource "$RESOURCE" \
		--device nvidia0
	pods_until 60 pods_registered
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

pod_remove() {
	rm "$WORK/manifests/$1.json"
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
