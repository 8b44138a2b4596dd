"""Forks; the parent ends, and the child goes on as the student."""
# ends: exited, failed

import os
import time

if os.fork():
    os._exit(0)
time.sleep(0.1)
print("am I heard?")
