"""Leaves processes behind that sleep, in groups of their own, with every descriptor of this one open."""

import os
import time

for _ in range(10):
    if os.fork() == 0:
        os.setpgid(0, 0)
        if os.fork() == 0:
            time.sleep(3600)
        os._exit(0)
