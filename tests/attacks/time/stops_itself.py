"""Stops its own process, from which no alarm wakes it."""
# ends: timeout

import os
import signal

os.kill(os.getpid(), signal.SIGSTOP)
