"""Leaves marks on everything that two runs share: times, locks, sizes, names of processes."""
# seconds: 4
# visits: 2

import fcntl
import os
import stat
import sys
import time

from target import breach


def fork():
    """As `os.fork`; -1 where there are no new processes to be had."""
    try:
        return os.fork()
    except OSError:
        return -1


TOP = os.environ["TMPDIR"]
seen = os.stat(TOP)
if seen.st_mtime_ns == 12345 * 10**9 or stat.S_IMODE(seen.st_mode) == 0o1770 or os.listxattr(TOP):
    breach(f"the temporary folder carries a mark: {seen}")


def locks(fd):
    """Whether a lock is to be had; not at once, since whoever runs at the same time may have it for a moment."""
    for _ in range(50):
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            time.sleep(0.01)
    return False


for path in (sys.executable, os.__file__, "/dev/null", TOP):
    if not locks(os.open(path, os.O_RDONLY)):
        breach(f"a lock is left on {path}")
if (
    os.getpriority(os.PRIO_PROCESS, 0) != os.getpriority(os.PRIO_PROCESS, os.getppid())
    or open("/proc/self/comm").read() == "note"
):
    breach("the worker took over what the last one did to itself")
os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0) + 5)
if fork() == 0:
    os.setpgid(0, 0)
    time.sleep(100)
for action in (lambda: os.chmod(TOP, 0o1770), lambda: os.setxattr(TOP, "user.note", b"x"),
               lambda: os.utime(TOP, (12345, 12345))):  # fmt: skip
    try:
        action()
    except OSError:
        pass
