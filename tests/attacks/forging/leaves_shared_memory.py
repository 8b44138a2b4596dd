"""Leaves shared memory, queues, semaphores, keys and names of sockets for the next one."""
# visits: 2

import ctypes
import multiprocessing.shared_memory
import os

from target import breach

libc = ctypes.CDLL(None, use_errno=True)
KEY = 0x6E6F7465
for call, arguments in (
    (libc.shmget, (KEY, 4096, 0o1666)),
    (libc.semget, (KEY, 1, 0o1666)),
    (libc.msgget, (KEY, 0o1666)),
):
    if call(*arguments) != -1:
        breach(f"{call.__name__} made something that lasts")
for name in (b"/note", b"/psm_note"):
    for call in ("shm_open", "sem_open", "mq_open"):
        try:
            function = getattr(libc, call)
        except AttributeError:
            continue
        function.restype = ctypes.c_void_p if call == "sem_open" else ctypes.c_int
        if function(name, os.O_CREAT | os.O_RDWR, 0o666, None) not in (-1, None):
            breach(f"{call} made something that lasts")
for ring in (-2, -3, -4, -5):  # of the process, the session, the user
    if os.uname().machine == "x86_64" and libc.syscall(248, b"user", b"note", b"left", 4, ring) != -1:
        breach(f"a key in ring {ring}")
try:
    shared = multiprocessing.shared_memory.SharedMemory(name="note", create=True, size=4096)
except OSError:
    pass
else:
    breach(f"shared memory {shared.name}")
