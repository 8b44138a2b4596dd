"""Sixty processes that use the processors, each in a session of its own where that is to be had."""
# ends: timeout

import os

for _ in range(60):
    if os.fork() == 0:
        try:
            os.setsid()
        except OSError:
            pass
        while True:
            pass
while True:
    pass
