# SPDX-License-Identifier: GPL-2.0
# Two unmodified Mesa programs that share one GPU. kmscube holds the screen, so
# that its page flips can be counted; glmark2 renders off-screen and plays two
# scenes in turn, of which the second wants more memory than the first. Refused
# memory, glmark2 goes on without it, so its quota can be raised while it runs.
# shellcheck shell=bash

GL_CARD=card0
GL_SCENES=(-b build:duration=1 -b terrain:duration=1)

# gl_run CGROUP LOG COMMAND...: in the background; sets GL_PID, of a shell that
# waits for it and says to the log how it died. Its input is a pipe that never
# ends: kmscube stops as soon as it has something to read.
gl_run() {
	local log=$2

	[[ -p /tmp/gl-input ]] || mkfifo /tmp/gl-input
	[[ -n ${GL_INPUT:-} ]] || exec {GL_INPUT}<>/tmp/gl-input
	{
		cg_run "$1" "${@:3}" <&"$GL_INPUT" &
		wait $!
	} >"$log" 2>&1 &
	# shellcheck disable=SC2034 # for the script that sources this
	GL_PID=$!
}

gl_sibling() {
	gl_run "$1" "$2" kmscube -D "/dev/dri/$GL_CARD" -c 1000000
}

# gl_client CGROUP LOG [WRAPPER...]
gl_client() {
	gl_run "$1" "$2" "${@:3}" glmark2-es2-drm --off-screen --run-forever \
		"${GL_SCENES[@]}"
}

# gl_need CGROUP LOG: the bytes that the first scene needs, by trying it.
gl_need() {
	gl_run "$1" "$2" glmark2-es2-drm --off-screen "${GL_SCENES[@]:0:2}"
	wait "$GL_PID" && observer_peak "$1"
}

# wait_for SECONDS COMMAND...
wait_for() {
	local end=$((SECONDS + $1))

	shift
	until "$@"; do
		((SECONDS < end)) || return 1
		sleep 0.2
	done
}

flips_above() { (($(observer_flips "$1") > $2)); }
peak_above() { (($(observer_peak "$1") > $2)); }

# gl_share CGROUP SECONDS: tenths of a percent of the time for which the GPU was
# busy for it meanwhile.
gl_share() {
	local busy start

	busy=$(observer_busy "$1")
	start=${EPOCHREALTIME/./}
	sleep "$2"
	echo $((($(observer_busy "$1") - busy) /
		(${EPOCHREALTIME/./} - start)))
}

# Scenes that the program has begun so far, per its log.
gl_scenes() {
	grep -ac '^\[' "$1" || true
}

gl_scenes_above() { (($(gl_scenes "$1") > $2)); }

# gl_round CGROUP LOG: wait until both scenes were played from start to end;
# prints the frames per second, in tenths, that CGROUP showed meanwhile.
gl_round() {
	local from flips start

	from=$(gl_scenes "$2")
	wait_for 120 gl_scenes_above "$2" "$from" || return 1
	flips=$(observer_flips "$1")
	start=${EPOCHREALTIME/./}
	wait_for 240 gl_scenes_above "$2" $((from + 2)) || return 1
	echo $((($(observer_flips "$1") - flips) * 10000000 /
		(${EPOCHREALTIME/./} - start)))
}
