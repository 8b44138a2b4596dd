"""Leaves its group and its parent, and goes on there after the end."""
# visits: 2

import os
import time

from target import breach

mark = os.path.join(os.environ["TMPDIR"], "alive")
if os.path.exists(mark):
    breach("a mark of the first visit")


def fork():
    """As `os.fork`; -1 where there are no new processes to be had."""
    try:
        return os.fork()
    except OSError:
        return -1


for _ in range(3):
    if fork() == 0:
        os.setpgid(0, 0)
        if fork() == 0:
            os.setpgid(0, 0)
            os.closerange(0, 1000)
            while True:
                try:
                    os.mkdir(mark)
                except OSError:
                    pass
                time.sleep(0.001)
        os._exit(0)
time.sleep(0.05)
