#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Check a Grafana dashboard against a scrape: every metric that it asks for
has a TYPE there, every panel a place of its own.

usage: dashboard.py DASHBOARD SCRAPE
"""

import json
import re
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    board = json.load(file)
with open(sys.argv[2], encoding="utf-8") as file:
    known = set(re.findall(r"^# TYPE (\S+)", file.read(), re.M))
wrong = []
asked = set()
for panel in board["panels"]:
    for target in panel["targets"]:
        asked |= set(re.findall(r"\bvgpu_\w+", target["expr"]))
for variable in board["templating"]["list"]:
    asked |= set(re.findall(r"\bvgpu_\w+", variable.get("query") or ""))
wrong += [f"no such metric: {name}" for name in sorted(asked - known)]
if len({p["id"] for p in board["panels"]}) != len(board["panels"]):
    wrong.append("two panels have one id")
if len(asked) < 8:
    wrong.append(f"only {len(asked)} metrics are asked for")
for line in wrong:
    print("#", line)
sys.exit(bool(wrong))
