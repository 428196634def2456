# SPDX-License-Identifier: GPL-2.0
# mutants: vgpu with one planted fault each. A mutant is a patch in
# selftests/mutants/ whose first lines say which test must turn red:
#	Test: subject/test
#	Kernel: 6.1
# A mutant that its test does not notice, that does not apply or does not build
# is a failure of the run.
# shellcheck shell=bash disable=SC2153 # RUN is set by those who source this

mutants_list() {
	find "$BED_ROOT/selftests/mutants" -name '*.patch' 2>/dev/null | sort
}

mutants_field() {
	sed -n "s/^$2: *//p" "$1" | head -n 1
}

# mutants_run PATCH: prints the reason and fails if the mutant lives.
mutants_run() {
	local patch=$1 name test kernel out plan boot seconds flag
	local -a options=()

	name=$(basename "$patch" .patch)
	test=$(mutants_field "$patch" Test)
	kernel=$(mutants_field "$patch" Kernel)
	out=$RUN/mutant-$name
	plan=$(plan_read | awk -F '\t' -v t="$test" -v k="$kernel" \
		'$1 == t && $2 == k')
	[[ -n $plan ]] || {
		echo "PLAN does not run $test on $kernel"
		return 1
	}
	IFS=$'\t' read -r _ _ _ boot seconds flag <<<"$plan"
	[[ $boot != *gl* ]] || options+=(--gl)
	[[ $boot != *icount* ]] || options+=(--icount)
	mkdir -p "$out"
	echo "$test $seconds $flag" >"$out/tests"
	if ! BUILD_PATCH=$patch build_stage "$kernel" "$out/stage" mutant \
		>"$out/build.log" 2>&1; then
		echo "does not apply or build: $out/build.log"
		return 1
	fi
	if "$BED_ROOT/selftests/vm/run" --kernel "$kernel" "${options[@]}" \
		--stage "$out/stage" --out "$out" --tests "$out/tests" \
		>"$out/log" 2>&1; then
		echo "$test on $kernel did not notice"
		return 1
	fi
	if ! grep -q '^@boot' "$out/report"; then
		echo "the guest did not boot: $out/log"
		return 1
	fi
	rm -rf "$out"
}
