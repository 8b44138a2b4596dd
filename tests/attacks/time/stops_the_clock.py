"""Stops the clocks that Python code reads, so that no time ever seems to pass, and loops."""
# ends: timeout

import time

time.monotonic = time.perf_counter = time.time = lambda: -1e9
while True:
    pass
