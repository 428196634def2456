#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""schema.py NAME FILE: does the JSON in FILE, one value a line, have the form
that the manual page of vgpu-tool promises?"""

import json
import sys

NUMBER = (int,)
TEXT = (str,)
FLAG = (bool,)
NONE = type(None)
LIMIT = (int, NONE)
MAYBE_TEXT = (str, NONE)

DEVICE = {
    "id": NUMBER, "name": TEXT, "aliases": [TEXT], "driver": MAYBE_TEXT,
    "present": FLAG, "memory_total": LIMIT, "charged": LIMIT,
    "parent": LIMIT,
}

DRIVER = {
    "name": TEXT, "backend": MAYBE_TEXT, "state": TEXT, "devices": NUMBER,
    "points": [{"name": TEXT, "method": TEXT, "calls": NUMBER,
                "lost": FLAG}],
    "routes": [{"name": TEXT, "state": TEXT, "refused": NUMBER}],
    "stuck": [{"pid": NUMBER, "comm": TEXT, "point": TEXT,
               "msec": NUMBER}],
}

SHARE = (int, float)

ENGINE = {
    "engine": TEXT, "busy_ns": NUMBER, "share_1s_percent": SHARE,
    "share_10s_percent": SHARE, "share_60s_percent": SHARE,
    "throttled_ns": NUMBER, "throttled": NUMBER, "waiting": NUMBER,
    "in_flight": NUMBER, "queues": NUMBER, "some_10s_percent": SHARE,
    "some_60s_percent": SHARE, "some_300s_percent": SHARE,
    "full_10s_percent": SHARE, "full_60s_percent": SHARE,
    "full_300s_percent": SHARE, "some_ns": NUMBER, "full_ns": NUMBER,
}

GROUP = {
    "cgroup_id": NUMBER, "cgroup": MAYBE_TEXT, "parent_id": LIMIT,
    "limited": FLAG, "frozen": FLAG, "objects": NUMBER,
    "kernel_memory": NUMBER,
    "kernel_memory_max": LIMIT,
}

STAT = {
    "cgroup_id": NUMBER, "cgroup": MAYBE_TEXT, "device_id": NUMBER,
    "device": TEXT, "memory_charged": NUMBER, "memory_overhead": NUMBER,
    "memory_peak": NUMBER, "memory_max": LIMIT, "memory_limit": LIMIT,
    "memory_refused": NUMBER, "system_charged": NUMBER,
    "system_peak": NUMBER, "system_max": LIMIT, "system_limit": LIMIT,
    "system_refused": NUMBER, "objects": NUMBER, "busy_ns": NUMBER,
    "managed": TEXT, "compute_max_percent": (int, float, NONE),
    "compute_min_percent": SHARE, "compute_weight": NUMBER,
    "priority": TEXT, "freezer": TEXT, "engines": [ENGINE],
}

EVENT = {
    "type": TEXT, "time_ns": NUMBER, "cgroup_id": LIMIT,
    "cgroup": MAYBE_TEXT, "limiting_id": LIMIT, "device_id": LIMIT,
    "device": MAYBE_TEXT, "driver": MAYBE_TEXT, "route": MAYBE_TEXT,
    "pid": LIMIT, "comm": MAYBE_TEXT, "bytes": LIMIT, "limit": LIMIT,
    "count": NUMBER,
}

FINDING = {
    "check": TEXT, "severity": TEXT, "finding": TEXT, "remedy": MAYBE_TEXT,
}

SCHEMAS = {
    "devices": [DEVICE],
    "drivers": [DRIVER],
    "groups": [GROUP],
    "group": dict(GROUP, devices=[STAT]),
    "stats": [STAT],
    "event": EVENT,
    "version": {"tool": TEXT, "library": TEXT, "module": MAYBE_TEXT},
    "findings": [FINDING],
}


def check(value, schema, where):
    """Raise where the value does not fit."""
    if isinstance(schema, dict):
        if not isinstance(value, dict):
            raise ValueError(f"{where} is no object")
        if list(value) != list(schema):
            raise ValueError(f"{where} has the keys {list(value)}")
        for key, inner in schema.items():
            check(value[key], inner, f"{where}.{key}")
    elif isinstance(schema, list):
        if not isinstance(value, list):
            raise ValueError(f"{where} is no array")
        for i, item in enumerate(value):
            check(item, schema[0], f"{where}[{i}]")
    elif type(value) not in schema:
        raise ValueError(f"{where} is {value!r}")


def main():
    """Check each value of the file; there must be one."""
    name, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    decoder = json.JSONDecoder()
    count = 0
    while text.strip():
        value, end = decoder.raw_decode(text.lstrip())
        text = text.lstrip()[end:]
        try:
            check(value, SCHEMAS[name], name)
        except ValueError as error:
            sys.exit(f"# {error}")
        count += 1
    if not count:
        sys.exit("# no JSON at all")


main()
