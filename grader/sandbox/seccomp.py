"""The system calls that a submission may not make, compiled by libseccomp for this machine's own architecture.

Everything that Python, torch and matplotlib do stays allowed. What is refused, with "Operation not permitted", is what
could reach past the sandbox: other processes, mounts and namespaces, the kernel's less used doors, everything that
outlives a process, and, where the submission shares the host's namespaces, signals and sockets.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
import tempfile
from functools import cache
from pathlib import Path
from types import ModuleType

DENIED = (
    # Other processes: their memory, their files, their scheduling.
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease", "pidfd_getfd", "kcmp",
    "migrate_pages", "move_pages", "ioprio_set",
    # Namespaces and mounts.
    "unshare", "setns", "mount", "umount", "umount2", "move_mount", "open_tree", "open_tree_attr", "fsopen", "fsmount",
    "fsconfig", "fspick", "mount_setattr", "pivot_root", "chroot",
    # Files by handle instead of by path, and watches on whole file systems.
    "name_to_handle_at", "open_by_handle_at", "fanotify_init", "lookup_dcookie",
    # Parts of the kernel that no notebook needs and that its defects are mostly found in.
    "bpf", "modify_ldt", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register",
    "vmsplice",
    # What outlives the process, and would carry a message to the next submission.
    "add_key", "request_key", "keyctl", "shmget", "shmat", "shmctl", "shmdt", "semget", "semop", "semtimedop", "semctl",
    "msgget", "msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink",
    # Memory that belongs to no process, which no limit counts.
    "memfd_create", "memfd_secret",
    # The machine as a whole.
    "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "reboot", "swapon", "swapoff",
    "acct", "quotactl", "quotactl_fd", "syslog", "vhangup", "iopl", "ioperm", "sethostname", "setdomainname",
    "settimeofday", "clock_settime", "clock_adjtime", "adjtimex",
    # Other users.
    "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid", "setgroups", "capset",
)  # fmt: skip

OWN_PROCESS_ONLY = ("prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr")
"""Calls whose first argument is a process; 0, the caller itself, is allowed. Else they would reach the worker."""

SIGNALS = (
    "kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open", "pidfd_send_signal"
)  # fmt: skip
"""Refused where there is no PID namespace: they would reach every process of the same user."""

ATTRIBUTES = (
    "chmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchownat", "utime", "utimes", "futimesat", "utimensat",
    "setxattr", "lsetxattr", "setxattrat", "removexattr", "lremovexattr", "removexattrat", "file_setattr",
    "inotify_init", "inotify_init1",
)  # fmt: skip
"""Refused where the host's files are not out of sight: what Landlock cannot restrict to some of them."""

CLONE_THREAD = 0x0001_0000
CLONE_NEW = {
    "CLONE_NEWNS": 0x0002_0000,
    "CLONE_NEWCGROUP": 0x0200_0000,
    "CLONE_NEWUTS": 0x0400_0000,
    "CLONE_NEWIPC": 0x0800_0000,
    "CLONE_NEWUSER": 0x1000_0000,
    "CLONE_NEWPID": 0x2000_0000,
    "CLONE_NEWNET": 0x4000_0000,
}
TERMINAL_INPUT = {"TIOCSTI": 0x5412, "TIOCLINUX": 0x541C}
UNKNOWN = -1
"""libseccomp's number for a call that is newer than itself; other numbers below 0 it skips on its own."""
LOW_32_BITS = 0xFFFF_FFFF


def diagnose() -> str | None:
    """Why there is no filter of system calls, in words; None: there is one."""
    if sys.platform != "linux":
        return "filters of system calls (seccomp) are a part of Linux."
    try:
        compile_filter(shares_host=False)
    except ImportError:
        return "the Python package pyseccomp is not installed; `pip install pyseccomp` mends that."
    except RuntimeError:
        return "the library libseccomp is not installed; on Debian and Ubuntu, `apt install libseccomp2` mends that."
    except OSError as error:
        return f"the library libseccomp could not make one ({error.strerror}); it may be too old."
    if not Path("/proc/sys/kernel/seccomp").is_dir():
        return "this machine's kernel was built without filters of system calls (seccomp)."
    return None


@cache
def compile_filter(*, shares_host: bool, may_fork: bool = True, architecture: str | None = None) -> bytes:
    """The filter as a BPF program, ``struct sock_filter[]``. ``shares_host``: there are no namespaces around it.

    ``may_fork``: new processes may be started, as the limit on their number holds; it does not hold for root.
    ``architecture`` is one of libseccomp's (``AARCH64``); None: this machine's. Call only where ``diagnose()`` is None.
    Raises OSError where libseccomp refuses.
    """
    seccomp = _pyseccomp()
    refuse, arg = seccomp.ERRNO(errno.EPERM), seccomp.Arg
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    # A call by the numbers of another architecture (x32, i386) would pass by every rule below.
    rules.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS)
    if architecture is not None and getattr(seccomp.Arch, architecture) != seccomp.system_arch():
        rules.add_arch(getattr(seccomp.Arch, architecture))
        rules.remove_arch(seccomp.Arch.NATIVE)

    def deny(name: str, *conditions: object, action: int = refuse) -> None:
        number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
        if number != UNKNOWN:
            rules.add_rule(action, number, *conditions)

    for name in DENIED:
        deny(name)
    for name in OWN_PROCESS_ONLY:
        deny(name, arg(0, seccomp.NE, 0))
    deny("setpriority", arg(0, seccomp.NE, os.PRIO_PROCESS))
    deny("setpriority", arg(1, seccomp.NE, 0))
    deny("personality", arg(0, seccomp.NE, 0))
    # clone3 has its flags in memory, where no filter can look; without it, the C library uses clone.
    deny("clone3", action=seccomp.ERRNO(errno.ENOSYS))
    for flag in CLONE_NEW.values():
        deny("clone", arg(0, seccomp.MASKED_EQ, flag, flag))
    for request in TERMINAL_INPUT.values():
        deny("ioctl", arg(1, seccomp.MASKED_EQ, LOW_32_BITS, request))
    deny("socketpair", arg(0, seccomp.NE, socket.AF_UNIX))
    if shares_host:
        deny("socket")
        for name in (*SIGNALS, *ATTRIBUTES):
            deny(name)
    else:
        deny("socket", arg(0, seccomp.NE, socket.AF_UNIX))
    if not may_fork:
        deny("fork")
        deny("vfork")
        deny("clone", arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _pyseccomp() -> ModuleType:
    """Imported late: it looks for its library with a subprocess. Raises ImportError, or RuntimeError without it."""
    import pyseccomp

    module: ModuleType = pyseccomp
    return module
