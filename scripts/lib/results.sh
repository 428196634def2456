# SPDX-License-Identifier: GPL-2.0
# results: what a run of scripts/check found, in two files of the run's folder:
# "expected" names every check and test that must have a result, "results" has
# STATUS, NAME, SECONDS, REASON of each, tab-separated.
# shellcheck shell=bash disable=SC2153 # RUN is set by those who source this

# results_expect NAME...
results_expect() {
	printf '%s\n' "$@" >>"$RUN/expected"
}

# results_add STATUS NAME SECONDS REASON
results_add() {
	printf '%s\t%s\t%s\t%s\n' "$@" >>"$RUN/results"
}

# results_show STATUS NAME SECONDS REASON [FILE]: add and print, with the end
# of FILE on a failure.
results_show() {
	results_add "${@:1:4}"
	case $1 in
	pass) printf 'ok    %s (%s s)\n' "$2" "$3" ;;
	skip) printf 'skip  %s: %s\n' "$2" "$4" ;;
	fail)
		printf 'FAIL  %s (%s s): %s\n' "$2" "$3" "$4"
		[[ -z ${5:-} ]] || tail -n 30 "$5" | sed 's/^/        | /'
		;;
	esac
}

# results_guest FILE: take over the results of one guest.
results_guest() {
	[[ ! -f $1 ]] || awk -F '\t' -v OFS='\t' \
		'{ print $1, $3 "@" $2, $4, $5 }' "$1" >>"$RUN/results"
}

# results_finish: what is missing has failed; the ten slowest; the counts, as
# the last line. Its status is that of the run.
results_finish() {
	local missing name pass fail skip

	touch "$RUN/results" "$RUN/expected"
	missing=$(comm -23 <(sort -u "$RUN/expected") \
		<(cut -f2 "$RUN/results" | sort -u))
	while read -r name; do
		[[ -z $name ]] || results_show fail "$name" 0 "was not run"
	done <<<"$missing"
	echo "slowest:"
	sort -t $'\t' -k3,3 -rn "$RUN/results" | head -n 10 |
		awk -F '\t' '{ printf "%8s s  %s\n", $3, $2 }'
	fail=$(grep -c '^fail' "$RUN/results") || true
	if ((fail > 0)); then
		echo "failed:"
		awk -F '\t' '$1 == "fail" { print "  " $2 ": " $4 }' \
			"$RUN/results"
		echo "kept: $RUN"
	fi
	pass=$(grep -c '^pass' "$RUN/results") || true
	skip=$(grep -c '^skip' "$RUN/results") || true
	echo "$pass passed, $fail failed, $skip skipped"
	((fail == 0 && pass > 0))
}
