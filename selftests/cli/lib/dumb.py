#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""dumb.py CARD MIB...: make dumb buffers of these sizes on /dev/dri/CARD; for
each print "ok" or the name of the errno. With "hold" as the last argument,
keep them until stdin ends."""

import errno
import fcntl
import struct
import sys

CREATE_DUMB = 0xC02064B2
MIB = 1 << 20


def make(card, mib):
    """One buffer, a MiB a row."""
    arg = struct.pack("IIIIIIQ", mib * 64, 4096, 32, 0, 0, 0, 0)
    try:
        fcntl.ioctl(card, CREATE_DUMB, arg)
    except OSError as error:
        return errno.errorcode[error.errno]
    return "ok"


def main():
    """Make them all."""
    args = sys.argv[2:]
    hold = args[-1] == "hold"
    if hold:
        args.pop()
    with open(f"/dev/dri/{sys.argv[1]}", "rb+", buffering=0) as card:
        for mib in args:
            print(make(card, int(mib)), flush=True)
        if hold:
            sys.stdin.read()


main()
