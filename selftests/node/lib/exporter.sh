# SPDX-License-Identifier: GPL-2.0
# For the tests of vgpu-exporter on the mock of the kernel.
# shellcheck shell=bash disable=SC2034 # used by those who source it

NODE_PORT=$((20000 + $$ % 20000))
NODE_URL=http://127.0.0.1:$NODE_PORT
NODE_WORK=$(mktemp -d)
NODE_PID=
export VGPU_MOCK=$NODE_WORK/state

node_cleanup() {
	node_stop || true
	rm -rf -- "$NODE_WORK"
}
trap node_cleanup EXIT

# node_build TARGET...: of mock/Makefile, into NODE_WORK.
node_build() {
	make -s -C "$VGPU_ROOT/selftests/node/mock" -j "$(nproc)" \
		O="$NODE_WORK" "$@" >"$NODE_WORK/log" 2>&1 || {
		tail -n 20 "$NODE_WORK/log" | sed 's/^/# /'
		return 1
	}
}

# node_state WORDS...: how the kernel is, from now on.
node_state() {
	printf '%s\n' "$*" >"$VGPU_MOCK.new"
	mv "$VGPU_MOCK.new" "$VGPU_MOCK"
	sleep 0.3
}

# node_start PROGRAM OPTION...
node_start() {
	local i program=$1

	shift
	"$NODE_WORK/$program" --listen "127.0.0.1:$NODE_PORT" --node n1 \
		--kubelet-logs "$NODE_WORK/logs" "$@" \
		2>"$NODE_WORK/err" &
	NODE_PID=$!
	for ((i = 0; i < 100; i++)); do
		curl -s -o /dev/null "$NODE_URL/nothing" && return
		sleep 0.1
	done
	return 1
}

# node_stop: its exit status.
node_stop() {
	local pid=$NODE_PID

	[[ -n $pid ]] || return 0
	NODE_PID=
	kill "$pid" 2>/dev/null
	wait "$pid"
}

# node_get PATH CURL-OPTION...: the body in NODE_WORK/body, the head in head;
# prints the status.
node_get() {
	local path=$1

	shift
	curl -s --path-as-is -m 20 -D "$NODE_WORK/head" -o "$NODE_WORK/body" \
		-w '%{http_code}' "$@" "$NODE_URL$path"
}

# node_value SERIES: its value in the last body; the labels as they stand.
node_value() {
	awk -v series="$1" 'substr($0, 1, length(series) + 1) == series " " {
		print substr($0, length(series) + 2) }' "$NODE_WORK/body"
}

# node_raw BYTES: send them as they are; prints what comes back.
node_raw() {
	{
		printf '%b' "$1" >&3
		timeout 5 cat <&3 || true
	} 3<>"/dev/tcp/127.0.0.1/$NODE_PORT" 2>/dev/null | tr -d '\0'
}
