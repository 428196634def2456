# SPDX-License-Identifier: GPL-2.0
# tap: the verdict on what one test printed. Lines that are not TAP are the
# test's own remarks and count for nothing.
# shellcheck shell=bash

# tap_judge FILE STATUS [hardware]: prints "pass", "skip REASON" or
# "fail REASON". Only a test marked "hardware" may skip.
tap_judge() {
	awk -v status="$2" -v hardware="${3:-}" '
	function fail(why) {
		if (!bad)
			bad = why
	}
	function skip(text) {
		sub(/.*# *[Ss][Kk][Ii][Pp][^ ]* */, "", text)
		why = text
		if (hardware != "hardware")
			fail("skipped, and not marked hardware: " text)
	}
	/^1\.\.[0-9]+/ {
		if (plans++)
			fail("two plans")
		planned = substr($1, 4) + 0
		if (!planned && /# *[Ss][Kk][Ii][Pp]/)
			skip($0)
		else if (!planned)
			fail("a plan of no tests")
	}
	/^(not )?ok([ \t]|$)/ {
		nr = ($1 == "not") ? $3 : $2
		if (nr ~ /^[0-9]+$/ && nr + 0 != count + 1)
			fail("result " nr " follows result " count)
		count++
		if ($1 == "not")
			fail($0)
		else if (/# *[Ss][Kk][Ii][Pp]/) {
			skip($0)
			skipped++
		} else if (/# *[Tt][Oo][Dd][Oo]/)
			fail("unfinished: " $0)
	}
	/^Bail out!/ { fail($0) }
	END {
		if (!plans)
			fail("no plan (1..N) among the output")
		else if (count + 0 != planned)
			fail("truncated: " count + 0 " of " planned " results")
		if (status == 124 || status == 137)
			bad = "timed out" (bad ? "; " bad : "")
		else if (status != 0)
			fail("exit status " status)
		if (bad)
			print "fail " bad
		else if (!planned || (count > 0 && skipped == count))
			print "skip " why
		else
			print "pass"
	}' "$1"
}
