"""Leaves shared memory, queues, semaphores, keys and names of sockets for the next one."""
# visits: 2

import ctypes
import multiprocessing.shared_memory
import os

from target import LEVEL, breach, refused

libc = ctypes.CDLL(None, use_errno=True)
KEY = 0x6E6F7465
for call, arguments in (
    (libc.shmget, (KEY, 4096, 0o1666)),
    (libc.semget, (KEY, 1, 0o1666)),
    (libc.msgget, (KEY, 0o1666)),
):
    if call(*arguments) != -1:
        breach(f"{call.__name__} made something that lasts")


def opened(call, name, flags):
    """Whether a call made or found something of that name."""
    function = getattr(libc, call, None)
    if function is None:
        return False
    function.restype = ctypes.c_void_p if call == "sem_open" else ctypes.c_int
    return function(name, flags, 0o666, None) not in (-1, None)


# At `strict`, shared memory is its own, and has to be gone when the next one comes; elsewhere there is none.
if LEVEL == "strict" and os.listdir("/dev/shm"):
    breach(f"it finds {os.listdir('/dev/shm')}")
for name in (b"/note", b"/psm_note"):
    for call in ("shm_open", "sem_open", "mq_open"):
        if opened(call, name, 0):
            breach(f"{call} found something")
        if opened(call, name, os.O_CREAT | os.O_RDWR) and (LEVEL != "strict" or call == "mq_open"):
            breach(f"{call} made something that lasts")
for ring in (-2, -3, -4, -5):  # of the process, the session, the user
    if os.uname().machine == "x86_64" and libc.syscall(248, b"user", b"note", b"left", 4, ring) != -1:
        breach(f"a key in ring {ring}")
refused(multiprocessing.shared_memory.SharedMemory, name="left")
if LEVEL == "strict":
    multiprocessing.shared_memory.SharedMemory(name="left", create=True, size=4096)
    os.mkdir("/dev/shm/left-folder", 0)
    os.symlink("/opt/runtime", "/dev/shm/left-link")
    for change in (
        lambda: os.rename(os.path.realpath("/dev/shm"), os.environ["TMPDIR"] + "/elsewhere"),
        lambda: os.chmod("/dev/shm", 0),
        lambda: os.setxattr("/dev/shm", "user.note", b"x"),
    ):
        try:
            change()
        except OSError:
            pass
else:
    refused(multiprocessing.shared_memory.SharedMemory, name="left", create=True, size=4096)
