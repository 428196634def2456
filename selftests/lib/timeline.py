#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""timeline.py FILE FROM TO: of a timeline that vgpu-tool recorded, print the
nanoseconds between two moments that each track was in each state, a line for
each: "TRACK STATE NS". Fails where slices overlap or a track has no name."""

import collections
import json
import sys
from decimal import Decimal


def nanoseconds(microseconds):
    """Exact, as the file has it."""
    value = Decimal(microseconds) * 1000
    if value != int(value):
        sys.exit(f"# {microseconds} us are no nanoseconds")
    return int(value)


def main():
    """Sum and print."""
    path, begin, end = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with open(path, encoding="utf-8") as file:
        trace = json.load(file, parse_float=str)
    if trace["otherData"]["lost"]:
        sys.exit(f"# {trace['otherData']['lost']} events are lost")
    tracks, devices = {}, {}
    slices = collections.defaultdict(list)
    for event in trace["traceEvents"]:
        track = event["pid"], event["tid"]
        if event["name"] == "thread_name":
            tracks[track] = event["args"]["name"]
        elif event["name"] == "process_name":
            devices[event["pid"]] = event["args"]["name"]
        elif event["ph"] == "X":
            start = nanoseconds(event["ts"])
            slices[track].append((start, start + nanoseconds(event["dur"]),
                                  event["name"]))
    sums = collections.Counter()
    for track, rows in slices.items():
        last = 0
        if track[0] not in devices:
            sys.exit(f"# device {track[0]} has no name")
        for start, stop, state in sorted(rows):
            if start < last or stop <= start:
                sys.exit(f"# slices of {tracks[track]} overlap at {start}")
            last = stop
            sums[tracks[track], state] += max(
                0, min(stop, end) - max(start, begin))
    for (name, state), total in sorted(sums.items()):
        print(f"{name} {state.replace(' ', '-')} {total}")


main()
