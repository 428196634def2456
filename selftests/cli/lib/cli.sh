# SPDX-License-Identifier: GPL-2.0
# For the tests of vgpu-tool: run it and judge its exit status and its words.
# shellcheck shell=bash

CLI_LIB=$(dirname "${BASH_SOURCE[0]}")
CLI_OUT=$(mktemp)
CLI_ERR=$(mktemp)

# tool ARG...: run it; sets STATUS, and keeps what it said in CLI_OUT, CLI_ERR.
tool() {
	STATUS=0
	timeout 60 vgpu-tool "$@" >"$CLI_OUT" 2>"$CLI_ERR" </dev/null || STATUS=$?
}

# Was that one line on stderr, in the house's form?
one_line() {
	[[ $(wc -l <"$CLI_ERR") == 1 ]] && grep -q '^vgpu-tool: ' "$CLI_ERR"
}

one_line_like() {
	one_line && grep -qE -- "$1" "$CLI_ERR"
}

# fails STATUS PATTERN ARG...: ends so, with one line on stderr that matches,
# and nothing on stdout.
fails() {
	local want=$1 pattern=$2

	shift 2
	tool "$@"
	ok "vgpu-tool $*: status $want" test "$STATUS" = "$want"
	ok "vgpu-tool $*: one line, $pattern" \
		one_line_like "$pattern"
	ok "vgpu-tool $*: nothing on stdout" test ! -s "$CLI_OUT"
	note "$(cat "$CLI_ERR")"
}

# works ARG...: succeeds, with nothing on stderr.
works() {
	tool "$@"
	ok "vgpu-tool $*" test "$STATUS" = 0 -a ! -s "$CLI_ERR"
	[[ ! -s $CLI_ERR ]] || note "$(cat "$CLI_ERR")"
}

# says PATTERN: the last run printed a line that matches.
says() {
	ok "it prints $1" grep -qE -- "$1" "$CLI_OUT"
}

# field EXPRESSION: of the JSON that the last run printed.
field() {
	jq -r "$1" "$CLI_OUT"
}

# fits SCHEMA: the JSON that the last run printed has every key of the schema,
# no other, and values of their types.
fits() {
	ok "its JSON is a $1" python3 "$CLI_LIB/schema.py" "$1" "$CLI_OUT"
}
