"""Short processes that nobody waits for, so that the time which they used is in nobody's accounts."""
# ends: timeout

import os
import signal
import time

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    for _ in range(4):
        if os.fork() == 0:
            end = time.monotonic() + 0.03
            while time.monotonic() < end:
                pass
            os._exit(0)
    time.sleep(0.03)
