# SPDX-License-Identifier: GPL-2.0
# plan: selftests/PLAN, the list of tests.
# shellcheck shell=bash

PLAN_FILE=${PLAN_FILE:-$BED_ROOT/selftests/PLAN}

# Folders of selftests/ that hold no tests of the plan.
PLAN_NO_SUBJECTS='lib|vm|demo|bench|mutants|fuzz'

# plan_read: the plan, checked, one test and kernel a line, tab-separated:
#	TEST KERNEL TIER BOOT TIMEOUT FLAG
# BOOT is a comma list of gl, icount, kubelet, node, nvidia, own-boot, stress or
# "-"; FLAG is hardware or "-".
# Fails, with every mistake named, if any line is not as PLAN says.
plan_read() {
	awk -v OFS='\t' '
	function wrong(text) {
		printf "PLAN:%d: %s\n", FNR, text >"/dev/stderr"
		bad = 1
	}
	/^[ \t]*(#|$)/ { next }
	NF != 4 { wrong("want 4 fields, found " NF); next }
	{
		if ($1 !~ /^[a-z0-9-]+\/[a-z0-9-]+$/)
			wrong("not a subject/test: " $1)
		if (seen[$1]++)
			wrong("a second line for " $1)
		if ($3 !~ /^(fast|vm|full|long)$/)
			wrong("no such tier: " $3)
		boot = ""; timeout = 60; flag = "-"; host = 0
		n = split($4 == "-" ? "" : $4, options, ",")
		for (i = 1; i <= n; i++) {
			o = options[i]
			if (o ~ /^(gl|icount|kubelet|node|nvidia|own-boot|stress)$/)
				boot = boot (boot ? "," : "") o
			else if (o ~ /^timeout=[1-9][0-9]*$/)
				timeout = substr(o, 9)
			else if (o == "hardware")
				flag = o
			else if (o == "host")
				host = 1
			else
				wrong("no such option: " o)
		}
		if (host != ($2 == "host"))
			wrong("option host and kernel host go together")
		if (host && boot)
			wrong("a host test has no guest: " boot)
		if (boot == "")
			boot = "-"
		n = split($2, kernels, ",")
		for (i = 1; i <= n; i++) {
			kernel = kernels[i]; tier = $3
			if (sub(/:long$/, "", kernel))
				tier = "long"
			if (kernel !~ /^(6\.1|6\.12|7\.x|kasan|kcsan|host)$/)
				wrong("no such kernel: " kernels[i])
			if (seen[$1, kernel]++)
				wrong("the kernel twice: " kernel)
			print $1, kernel, tier, boot, timeout, flag
		}
	}
	END { exit bad }' "$PLAN_FILE"
}

# plan_flags BOOT: its options for vm/run, a line each.
plan_flags() {
	local flag

	for flag in gl icount stress node nvidia kubelet; do
		[[ ,$1, != *,$flag,* ]] || echo "--$flag"
	done
}

# plan_tier TIER: of the plan on stdin, what that tier runs.
plan_tier() {
	awk -v FS='\t' -v tier="$1" '
	BEGIN { rank["fast"] = 1; rank["vm"] = 2; rank["full"] = 3
		rank["long"] = 4 }
	rank[$3] <= rank[tier]'
}

# plan_files DIR: the tests that a built tree holds.
plan_files() {
	(cd "$1/selftests" && find . -mindepth 2 -maxdepth 2 -type f \
		-perm -u+x -printf '%P\n') |
		grep -vE "^($PLAN_NO_SUBJECTS)/" | sort
}

# plan_strays DIR: tests without a line, and lines without a test.
plan_strays() {
	comm -3 --output-delimiter='	' <(plan_files "$1") \
		<(plan_read | cut -f1 | sort -u) |
		sed 's/^\t\(.*\)/planned, but there is no such file: \1/; t
			s/^/a test without a line in PLAN: /'
}
