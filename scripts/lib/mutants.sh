# SPDX-License-Identifier: GPL-2.0
# mutants: vgpu with one planted fault each. A mutant is a patch in
# selftests/mutants/ whose first lines say which test must turn red:
#	Test: subject/test
#	Kernel: 6.1, or host
# The fault is in the modules, or in tools/ and libvgpu/. Red is a check of that
# test that failed, whatever became of the guest after it. Anything else is a
# failure of the run: a test that does not notice, or that is not green without
# the fault, a patch that does not apply or build, a guest that does not boot or
# dies before a check has failed.
# shellcheck shell=bash disable=SC2153 # RUN is set by those who source this

mutants_list() {
	find "$BED_ROOT/selftests/mutants" -name '*.patch' 2>/dev/null | sort
}

mutants_field() {
	sed -n "s/^$2: *//p; /^--- /q" "$1" | head -n 1
}

# mutants_plan PATCH...: the lines of the plan that they name, each once.
mutants_plan() {
	local patch

	for patch in "$@"; do
		printf '%s\t%s\n' "$(mutants_field "$patch" Test)" \
			"$(mutants_field "$patch" Kernel)"
	done | awk -F '\t' 'NR == FNR { want[$1, $2]; next }
		($1, $2) in want' - <(plan_read)
}

# mutants_stage KERNEL PATCH DIR: the stage of the green run, with the fault in
# its modules or in its programs. For the host only programs, as they are built
# and installed there.
mutants_stage() {
	local built green=$RUN/stage-$1

	export BUILD_PATCH=$2
	mkdir -p "$3"
	[[ $1 == host ]] || cp -al "$green/." "$3"
	if grep -qE '^\+\+\+ b/(tools|libvgpu)/' "$2"; then
		built=$(build_userspace mutant)
		rm -rf "$3"/{bin,lib}
		build_install "$built" "$3"
	else
		built=$(build_modules "$1" mutant)
		rm -rf "$3/moddep"
		cp -r "$built/.moddep" "$3/moddep"
	fi
}

# mutants_build: that, in a shell where errexit holds though we ask for its
# status.
mutants_build() {
	# shellcheck disable=SC2016 # expands in the inner shell
	RUN=$RUN bash -euo pipefail -c '. "$1"; shift; "$@"' "$0" \
		"$BED_LIB/bed.sh" mutants_stage "$@"
}

# mutants_guest STAGE TEST KERNEL BOOT SECONDS FLAG OUT: run it.
mutants_guest() {
	local -a options

	mapfile -t options < <(plan_flags "$4")
	echo "$2 $5 $6" >"$7/tests"
	"$BED_ROOT/selftests/vm/run" --kernel "$3" "${options[@]}" \
		--loops debug --stage "$1" --out "$7" --tests "$7/tests" \
		>"$7/log" 2>&1
}

# mutants_host STAGE TEST SECONDS OUT: the same on this machine, with a report
# and results as if it were a guest.
mutants_host() {
	local tap=$4/tap/$2 status=0 verdict

	mkdir -p "${tap%/*}"
	(
		export VGPU_ROOT=$BUILD_WORK/userspace-mutant VGPU_LOOPS=debug
		export VGPU_KERNEL=host VGPU_RESULTS=$4
		build_test "$VGPU_ROOT" "$1" "$2" "$3" >"$tap" 2>&1
	) || status=$?
	verdict=$(tap_judge "$tap" "$status" -)
	printf '@boot host\n@start %s\n' "$2" >"$4/report"
	printf '%s\thost\t%s\t0\t%s\t\n' "${verdict%% *}" "$2" \
		"${verdict#* }" >"$4/results"
}

# mutants_verdict TEST KERNEL OUT: what the run says.
mutants_verdict() {
	local test=$1 kernel=$2 out=$3 status reason red

	IFS=$'\t' read -r status reason < <(awk -F '\t' -v OFS='\t' \
		-v t="$test" -v k="$kernel" \
		'$3 == t && $2 == k { print $1, $5; exit }' "$out/results") || true
	if ! grep -q '^@boot ' "$out/report"; then
		echo "error: the guest did not boot: $out/log"
	elif ! grep -qxF "@start $test" "$out/report"; then
		echo "error: the guest did not get to $test: $out/console"
	elif [[ $status == pass ]]; then
		echo "$test on $kernel did not notice"
	elif red=$(grep -m 1 '^not ok' "$out/tap/$test"); then
		echo "$red"
		return 0
	else
		echo "error: no check of $test failed, but: $reason"
	fi
	return 1
}

# mutants_run PATCH: prints what was red; or the reason, and fails, if the
# mutant lives or the run is worth nothing.
mutants_run() {
	local patch=$1 name test kernel out plan boot seconds flag

	name=$(basename "$patch" .patch)
	test=$(mutants_field "$patch" Test)
	kernel=$(mutants_field "$patch" Kernel)
	out=$RUN/mutant-$name
	plan=$(mutants_plan "$patch")
	[[ -n $plan ]] || {
		echo "error: PLAN does not run $test on $kernel"
		return 1
	}
	if ! grep -q "^pass	$test@$kernel	" "$RUN/results"; then
		echo "error: $test on $kernel is not green without the fault"
		return 1
	fi
	IFS=$'\t' read -r _ _ _ boot seconds flag <<<"$plan"
	mkdir -p "$out"
	if ! mutants_build "$kernel" "$patch" "$out/stage" \
		>"$out/build.log" 2>&1; then
		echo "error: does not apply or build: $out/build.log"
		return 1
	fi
	if [[ $kernel == host ]]; then
		mutants_host "$out/stage" "$test" "$seconds" "$out"
	else
		mutants_guest "$out/stage" "$test" "$kernel" "$boot" \
			"$seconds" "$flag" "$out" || true
	fi
	mutants_verdict "$test" "$kernel" "$out" || return 1
	rm -rf "$out"
}
