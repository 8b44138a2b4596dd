"""The filter of system calls, compiled by libseccomp for this machine's architecture.

Everything that Python, torch and matplotlib do is allowed. Calls that could reach beyond the sandbox fail with
"Operation not permitted": those about other processes, mounts and namespaces, rarely used parts of the kernel, objects
that outlive a process, and, where the submission shares the host's namespaces, signals and sockets.
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
    # Where the kernel schedules by session (sched_autogroup), each new one gets as much of the processors as any other,
    # whatever the priority of its processes. The leader of a process group is refused it anyway.
    "setsid",
    # Namespaces and mounts.
    "unshare", "setns", "mount", "umount", "umount2", "move_mount", "open_tree", "open_tree_attr", "fsopen", "fsmount",
    "fsconfig", "fspick", "mount_setattr", "pivot_root", "chroot",
    # Opening files by handle instead of by path, and watching whole file systems.
    "name_to_handle_at", "open_by_handle_at", "fanotify_init", "lookup_dcookie",
    # Parts of the kernel that no notebook needs and that had many vulnerabilities.
    "bpf", "modify_ldt", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register",
    "vmsplice",
    # Objects that outlive the process, through which submissions could exchange messages.
    "add_key", "request_key", "keyctl", "shmget", "shmat", "shmctl", "shmdt", "semget", "semop", "semtimedop", "semctl",
    "msgget", "msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink",
    # Memory that no process's limit counts.
    "memfd_create", "memfd_secret",
    # The machine as a whole.
    "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "reboot", "swapon", "swapoff",
    "acct", "quotactl", "quotactl_fd", "syslog", "vhangup", "iopl", "ioperm", "sethostname", "setdomainname",
    "settimeofday", "clock_settime", "clock_adjtime", "adjtimex",
    # Other users.
    "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid", "setgroups", "capset",
)  # fmt: skip

OWN_PROCESS_ONLY = ("prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr")
"""Calls whose first argument is a process. Only 0, the caller, is allowed, so that they cannot reach the worker."""

SIGNALS = ("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open", "pidfd_send_signal")
"""Refused where there is no PID namespace: they could reach every process of the same user."""

ATTRIBUTES = (
    "chmod",
    "fchmod",
    "fchmodat",
    "fchmodat2",
    "chown",
    "fchown",
    "lchown",
    "fchownat",
    "utime",
    "utimes",
    "futimesat",
    "utimensat",
    "setxattr",
    "fsetxattr",
    "lsetxattr",
    "setxattrat",
    "removexattr",
    "fremovexattr",
    "lremovexattr",
    "removexattrat",
    "file_setattr",
    "inotify_init",
    "inotify_init1",
)
"""Refused together with Landlock, which does not restrict them: they could change files that may only be read."""

NEWER = {
    "fchmodat2": 452,
    "setxattrat": 463,
    "removexattrat": 466,
    "open_tree_attr": 467,
    "file_setattr": 469,
}
"""Numbers of calls that an old libseccomp does not know. From 424 on, they are the same on every architecture."""

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
SIGNALS_OF_FILES = {"F_SETOWN": 8, "F_SETSIG": 10, "F_SETOWN_EX": 15}
"""fcntl commands that make the kernel send any signal to any process when a file becomes readable."""
OWNERS_OF_FILES = {"FIOSETOWN": 0x8901, "SIOCSPGRP": 0x8902}
FLAGS_OF_FILES = {"FS_IOC_SETFLAGS": 0x4008_6602, "FS_IOC_FSSETXATTR": 0x401C_5820}
DATAGRAMS = {"SOCK_DGRAM": 2, "SOCK_RAW": 3, "SOCK_RDM": 4}
"""Socket types that can send to any socket by its name, without a connection."""
SOCKET_TYPE = 0xF
UNKNOWN = -1
"""libseccomp's number for a call that it does not know. It skips other negative numbers itself."""
LOW_32_BITS = 0xFFFF_FFFF


def diagnose() -> str | None:
    """Why a filter of system calls is not possible, in words; None: it is possible."""
    if sys.platform != "linux":
        return "filters of system calls (seccomp) are a part of Linux."
    try:
        compile_filter(shares_host=False)
    except ImportError:
        return "the Python package pyseccomp is not installed; install it with `pip install pyseccomp`."
    except RuntimeError:
        return "the library libseccomp is not installed; Debian and Ubuntu have it: `apt install libseccomp2`."
    except OSError as error:
        return f"the library libseccomp could not make one ({error.strerror}); it may be too old."
    if not Path("/proc/sys/kernel/seccomp").is_dir():
        return "this machine's kernel was built without filters of system calls (seccomp)."
    return None


@cache
def compile_filter(
    *, shares_host: bool, landlocked: bool = False, may_fork: bool = True, architecture: str | None = None
) -> bytes:
    """The filter as a BPF program, ``struct sock_filter[]``. ``shares_host``: there are no namespaces.

    ``landlocked``: Landlock restricts files, and the filter refuses what Landlock does not restrict. ``may_fork``: new
    processes are allowed; not for root, for whom the limit on their number does not hold. ``architecture``: a name of
    libseccomp's (``AARCH64``); None: this machine's. To be called where ``diagnose()`` is None. Raises OSError where
    libseccomp fails.
    """
    seccomp = _pyseccomp()
    refuse, arg = seccomp.ERRNO(errno.EPERM), seccomp.Arg
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    # Calls by the numbers of another architecture (x32, i386) would match none of the rules below.
    rules.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS)
    wanted = seccomp.system_arch() if architecture is None else getattr(seccomp.Arch, architecture)
    is_foreign = wanted != seccomp.system_arch()
    if is_foreign:
        rules.add_arch(wanted)
        rules.remove_arch(seccomp.Arch.NATIVE)

    def deny(name: str, *conditions: object, action: int = refuse) -> None:
        number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
        if number == UNKNOWN and not is_foreign:  # libseccomp cannot translate NEWER's numbers
            number = NEWER.get(name, UNKNOWN)
        if number != UNKNOWN:
            rules.add_rule(action, number, *conditions)

    for name in DENIED:
        deny(name)
    for name in OWN_PROCESS_ONLY:
        deny(name, arg(0, seccomp.NE, 0))
    deny("setpriority", arg(0, seccomp.NE, os.PRIO_PROCESS))
    deny("setpriority", arg(1, seccomp.NE, 0))
    deny("personality", arg(0, seccomp.NE, 0))
    # clone3 has its flags in memory, which a filter cannot read. The C library then uses clone.
    deny("clone3", action=seccomp.ERRNO(errno.ENOSYS))
    for flag in CLONE_NEW.values():
        deny("clone", arg(0, seccomp.MASKED_EQ, flag, flag))
    for request in TERMINAL_INPUT.values():
        deny("ioctl", arg(1, seccomp.MASKED_EQ, LOW_32_BITS, request))
    deny("socketpair", arg(0, seccomp.NE, socket.AF_UNIX))
    if landlocked:
        for name in ATTRIBUTES:
            deny(name)
        for request in FLAGS_OF_FILES.values():
            deny("ioctl", arg(1, seccomp.MASKED_EQ, LOW_32_BITS, request))
    if shares_host:
        deny("socket")
        for kind in DATAGRAMS.values():
            deny("socketpair", arg(1, seccomp.MASKED_EQ, SOCKET_TYPE, kind))
        for name in SIGNALS:
            deny(name)
        for command in SIGNALS_OF_FILES.values():
            deny("fcntl", arg(1, seccomp.MASKED_EQ, LOW_32_BITS, command))
        for request in OWNERS_OF_FILES.values():
            deny("ioctl", arg(1, seccomp.MASKED_EQ, LOW_32_BITS, request))
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
    """Imported late, because it starts a subprocess to find libseccomp. Raises ImportError, RuntimeError without it."""
    import pyseccomp

    module: ModuleType = pyseccomp
    return module
