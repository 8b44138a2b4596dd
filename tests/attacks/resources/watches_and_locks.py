"""Uses up what the kernel counts by user: watches on files, timers, locks, queued signals."""
# ends: completed, timeout

import ctypes
import fcntl
import os
import signal

libc = ctypes.CDLL(None)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
watches = [libc.inotify_init() for _ in range(200)]
for number in range(2_000):
    os.mkdir(f"watched-{number}")
    if libc.inotify_add_watch(watches[0], f"watched-{number}".encode(), 0xFFF) < 0:
        break
timer = ctypes.c_void_p()
while libc.timer_create(0, None, ctypes.byref(timer)) == 0:
    pass
while libc.sigqueue(os.getpid(), signal.SIGRTMIN, None) == 0:
    pass
with open("locked", "w") as file:
    for number in range(20_000):
        fcntl.lockf(file, fcntl.LOCK_EX, 1, 2 * number)
