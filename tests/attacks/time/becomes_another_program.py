"""Becomes another program, which knows of no alarm and no record, and never ends."""
# ends: timeout

import os
import signal
import sys


def become(*argv):
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    os.execv(sys.executable, [sys.executable, *argv])


become("-c", "while True: pass")
