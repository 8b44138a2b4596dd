"""Leaves marks on everything that two runs share: times, locks, sizes, names of processes."""
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
for path in (sys.executable, os.__file__, "/dev/null", TOP):
    fd = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        breach(f"a lock is left on {path}")
if (
    os.getpriority(os.PRIO_PROCESS, 0) != os.getpriority(os.PRIO_PROCESS, os.getppid())
    or open("/proc/self/comm").read() == "note"
):
    breach("the worker took over what the last one did to itself")
os.setpriority(os.PRIO_PROCESS, 0, 5)
if fork() == 0:
    os.setsid()
    time.sleep(100)
for action in (lambda: os.chmod(TOP, 0o1770), lambda: os.setxattr(TOP, "user.note", b"x"),
               lambda: os.utime(TOP, (12345, 12345))):  # fmt: skip
    try:
        action()
    except OSError:
        pass
