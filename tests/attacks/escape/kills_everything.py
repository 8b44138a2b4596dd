"""Kills every process that it can see, itself last, again and again."""
# levels: strict
# ends: crashed

import os
import signal

for _ in range(5):
    if os.fork() == 0:
        signal.pause()
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGSTOP, signal.SIGCONT, signal.SIGKILL):
    os.kill(-1, number)
    os.kill(1, number)
os.killpg(0, signal.SIGKILL)
