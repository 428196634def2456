#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""terminal.py HOW TEXT COMMAND...: run a command on a terminal of its own,
wait until it has shown TEXT, end it (by a key, as "key:q", or a signal, as
"signal:TERM"), and print how it ended and whether the terminal is as it was:
its modes, the cursor, the screen. The terminal has 110 columns, or as many as
TERMINAL_COLUMNS says."""

import fcntl
import os
import select
import signal
import struct
import sys
import termios
import time

CURSOR_ON = b"\x1b[?25h"
CURSOR_OFF = b"\x1b[?25l"
SCREEN_OLD = b"\x1b[?1049l"
SCREEN_NEW = b"\x1b[?1049h"


def start(command):
    """Start the command on a new terminal; its pid, our end and its end."""
    columns = int(os.environ.get("TERMINAL_COLUMNS", "110"))
    master, terminal = os.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ,
                struct.pack("HHHH", 30, columns, 0, 0))
    pid = os.fork()
    if not pid:
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        for fd in range(3):
            os.dup2(terminal, fd)
        os.environ["TERM"] = "xterm"
        os.execvp(command[0], command)
    return pid, master, terminal


def read(master, seconds, until=None):
    """What it prints, until a text or the time is over."""
    out = b""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([master], [], [], 0.1)[0]:
            try:
                out += os.read(master, 65536)
            except OSError:
                break
        if until and until in out:
            break
    return out


def main():
    """Run it and report, a line for each."""
    how, text, command = sys.argv[1], sys.argv[2].encode(), sys.argv[3:]
    pid, master, keep = start(command)
    before = termios.tcgetattr(keep)
    out = read(master, 30, text)
    shown = text in out
    during = termios.tcgetattr(keep)
    kind, what = how.split(":")
    if kind == "key":
        os.write(master, what.encode())
    else:
        os.kill(pid, getattr(signal, "SIG" + what))
    out += read(master, 5, SCREEN_OLD)
    out += read(master, 0.5)
    _, status = os.waitpid(pid, 0)
    after = termios.tcgetattr(keep)
    print("shown", shown)
    print("raw", before[3] != during[3])
    print("modes", "restored" if after == before else "changed")
    print("cursor", "restored" if out.rfind(CURSOR_ON) >
          out.rfind(CURSOR_OFF) else "hidden")
    print("screen", "restored" if out.rfind(SCREEN_OLD) >
          out.rfind(SCREEN_NEW) else "left")
    if os.WIFSIGNALED(status):
        print("signal", signal.Signals(os.WTERMSIG(status)).name)
    else:
        print("status", os.WEXITSTATUS(status))


main()
