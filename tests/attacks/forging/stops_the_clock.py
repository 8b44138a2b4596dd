"""Stops the clock, and then never ends."""
# ends: timeout

import signal
import time

import torch

for name in ("monotonic", "time", "perf_counter", "process_time"):
    setattr(time, name, lambda: 0.0)
signal.setitimer(signal.ITIMER_REAL, 0)
signal.setitimer = signal.alarm = signal.signal = lambda *arguments: (0.0, 0.0)
while True:
    pass

y = torch.ones(2, requires_grad=True)
try:
    (y**2).sum().backward()
    print(y.grad)
except BaseException:
    pass
