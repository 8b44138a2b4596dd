"""With which arguments the filter refuses calls that ``system_calls`` allows, and why.

Some calls are many in one (``prctl``, ``ioctl``, ``fcntl``, …), and Linux adds to them with every version. Of these,
``KNOWN`` lists what libraries need, and everything else is refused as a kernel without it would refuse it.
``ARGUMENTS`` lists what is refused of the others.
"""

from __future__ import annotations

from errno import EINVAL, ENOMEM, ENOPROTOOPT, ENOTTY, EOPNOTSUPP, EPERM
from typing import Literal, NamedTuple

from grader.sandbox.system_calls import DONE

Where = Literal["everywhere", "on the host"]
LOW_32_BITS = 0xFFFF_FFFF
"""Arguments of which the kernel reads 32 bits: the others may have any value."""


class Argument(NamedTuple):
    """A call that is refused if the argument at ``position``, after ``& mask``, is one of ``values``.

    Without a ``mask``, it is refused if the argument is *not* the one value.
    """

    call: str
    position: int
    values: tuple[int, ...]
    why: str
    mask: int | None = LOW_32_BITS
    answer: int = EPERM
    where: Where = "everywhere"


class Known(NamedTuple):
    """A call that is refused unless the argument at ``position``, of which the kernel reads 32 bits, is in ``values``.

    ``why``: what was left out on purpose.
    """

    call: str
    position: int
    values: frozenset[int]
    why: str
    answer: int = EINVAL


NAMESPACES = (0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000)
"""CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET"""
OWN_PROCESS_ONLY = ("prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr")
AF_UNIX = 1

ARGUMENTS = (
    *(Argument(name, 0, (0,), "0 is the caller. Others may be the worker.", None) for name in OWN_PROCESS_ONLY),
    Argument("setpriority", 0, (0,), "PRIO_PROCESS: of one process, not of a group or a user.", None),
    Argument("setpriority", 1, (0,), "0 is the caller.", None),
    Argument("personality", 0, (0,), "Other values switch off protections of memory.", None),
    *(Argument("clone", 0, (flag,), "A new namespace.", flag) for flag in NAMESPACES),
    Argument("clone", 0, (0x1_0000,), "CLONE_THREAD without CLONE_FILES: descriptors that /proc/PID/fd does not show "
             "and nothing counts.", 0x1_0400),
    Argument("close_range", 2, (2,), "CLOSE_RANGE_UNSHARE: as a thread without CLONE_FILES.", 2, EINVAL),
    Argument("socket", 0, (AF_UNIX,), "Other families reach other hosts, or rarely used parts of the kernel.", None),
    Argument("socketpair", 0, (AF_UNIX,), "As for `socket`.", None),
    Argument("socketpair", 1, (2, 3, 4), "SOCK_DGRAM, SOCK_RAW, SOCK_RDM send to any socket by its name.", 0xF,
             where="on the host"),
    Argument("fcntl", 1, (8, 10, 15), "F_SETOWN, F_SETSIG, F_SETOWN_EX: signals to any process.", where="on the host"),
    Argument("fadvise64", 3, (4, 6), "POSIX_FADV_DONTNEED (6 on s390x): takes pages of files out of memory."),
    Argument("fadvise64", 3, (3,), "POSIX_FADV_WILLNEED: as `readahead`. Nothing needs to happen.", answer=DONE),
    Argument("madvise", 2, (3,), "MADV_WILLNEED: as `readahead`.", answer=DONE),
    Argument("preadv2", 5, (0x08,), "RWF_NOWAIT: asks whether a page is in memory.", 0x08, EOPNOTSUPP),
    Argument("preadv2", 5, (0x80,), "RWF_DONTCACHE: takes pages of files out of memory.", 0x80, EOPNOTSUPP),
    Argument("pwritev2", 5, (0x08,), "RWF_NOWAIT.", 0x08, EOPNOTSUPP),
    Argument("pwritev2", 5, (0x80,), "RWF_DONTCACHE.", 0x80, EOPNOTSUPP),
    Argument("msync", 2, (4,), "MS_SYNC writes to the disk at once, as `fsync` does.", 4, DONE),
    Argument("mmap", 3, (0x4_0000,), "MAP_HUGETLB: the whole machine has one pool of huge pages.", 0x4_0000, ENOMEM),
    Argument("mmap", 3, (0x21, 0x23), "MAP_SHARED with MAP_ANONYMOUS: what was written there stays when its pages are "
             "unmapped, and then no file and no process has it, so that no limit counts it. Files in /dev/shm and in "
             "its own folder can be shared, and are counted.", 0x2F),
)  # fmt: skip

KNOWN = (
    Known(
        "prctl", 0,
        frozenset({
            1, 2,  # PR_SET_PDEATHSIG, PR_GET_PDEATHSIG
            3, 7,  # PR_GET_DUMPABLE, PR_GET_KEEPCAPS
            15, 16,  # PR_SET_NAME, PR_GET_NAME
            21, 23, 25, 27,  # PR_GET_SECCOMP, PR_CAPBSET_READ, PR_GET_TSC, PR_GET_SECUREBITS
            29, 30,  # PR_SET_TIMERSLACK, PR_GET_TIMERSLACK
            36, 37, 38, 39, 40,  # PR_*_CHILD_SUBREAPER, PR_*_NO_NEW_PRIVS, PR_GET_TID_ADDRESS
            41, 42, 47,  # PR_*_THP_DISABLE, PR_CAP_AMBIENT: there are no capabilities that it could raise
            50, 51, 52, 54, 55, 56,  # PR_SVE_*, PR_GET_SPECULATION_CTRL, PR_PAC_RESET_KEYS, PR_*_TAGGED_ADDR_CTRL
            61, 63, 64, 66, 68,  # PR_PAC_GET_ENABLED_KEYS, PR_SME_*, PR_GET_MDWE, PR_GET_MEMORY_MERGE
            69, 70, 71, 74, 75, 76,  # PR_RISCV_*, PR_*_SHADOW_STACK_STATUS
        }),
        "PR_SET_DUMPABLE would keep the worker from reading how much memory is shared, PR_SET_SECCOMP is as `seccomp`, "
        "PR_SCHED_CORE keeps others off a processor, PR_SET_MEMORY_MERGE merges equal pages of all processes, "
        "PR_FUTEX_HASH takes gigabytes of the kernel's memory that no limit counts, PR_SET_MM and others change what "
        "is said of a process.",
    ),
    Known(
        "arch_prctl", 0,
        frozenset({
            0x1001, 0x1002, 0x1003, 0x1004, 0x1011,  # ARCH_SET_GS, _SET_FS, _GET_FS, _GET_GS, _GET_CPUID
            0x1021, 0x1022, 0x1023,  # ARCH_GET_XCOMP_SUPP, _GET_XCOMP_PERM, _REQ_XCOMP_PERM: registers for matrices
            0x5001, 0x5002, 0x5003, 0x5005,  # ARCH_SHSTK_ENABLE, _DISABLE, _LOCK, _STATUS
        }),
        "What changes the tags of addresses, maps further code, or hides the processor's abilities.",
    ),
    Known(
        "ioctl", 1,
        frozenset({
            0x5401, 0x802C_542A, 0x5413, 0x540F,  # TCGETS, TCGETS2, TIOCGWINSZ, TIOCGPGRP: is this a terminal?
            0x541B, 0x5411, 0x5421, 0x5450, 0x5451,  # FIONREAD, TIOCOUTQ, FIONBIO, FIONCLEX, FIOCLEX
            0x4004_9409, 0x4020_940D,  # FICLONE, FICLONERANGE: as copy_file_range
        }),
        "TIOCSTI types into the terminal; keys, flags and versions of files stay (FS_IOC_*); SIOC* tell of the host's "
        "network; FIOSETOWN signals to any process; handles of namespaces; devices.",
        ENOTTY,
    ),
    Known(
        "fcntl", 1,
        frozenset({
            0, 1, 2, 3, 4, 1030,  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC
            5, 6, 7, 36, 37, 38,  # F_GETLK, F_SETLK, F_SETLKW, F_OFD_*
            8, 9, 10, 11, 15, 16, 17,  # F_*OWN, F_*SIG, F_*OWN_EX, F_GETOWNER_UIDS
            1025, 1027, 1028, 1032, 1034,  # F_GETLEASE, F_DUPFD_QUERY, F_CREATED_QUERY, F_GETPIPE_SZ, F_GET_SEALS
            1035, 1037,  # F_GET_RW_HINT, F_GET_FILE_RW_HINT
        }),
        "F_SETLEASE and F_SETDELEG hold up others who open the file, F_NOTIFY tells what they do; F_SETPIPE_SZ: the "
        "pages of pipes are counted by user, who may be the host's; F_SET_RW_HINT: the next submission can read it.",
    ),
    Known(
        "madvise", 2,
        frozenset({
            0, 1, 2, 3, 4, 8, 9,  # MADV_NORMAL, _RANDOM, _SEQUENTIAL, _WILLNEED, _DONTNEED, _FREE, _REMOVE
            10, 11, 13, 14, 15, 16, 17, 18, 19,  # MADV_*FORK, _UNMERGEABLE, _HUGEPAGE, _NOHUGEPAGE, _*DUMP
            22, 23, 24, 102, 103,  # MADV_POPULATE_*, _DONTNEED_LOCKED, _GUARD_*
        }),
        "MADV_COLD and MADV_PAGEOUT take pages of files out of memory, MADV_COLLAPSE changes how files lie there, "
        "MADV_MERGEABLE merges equal pages of all processes, which tells what these hold.",
    ),
    Known(
        "setsockopt", 2,
        frozenset({
            2, 7, 8, 9, 13, 15, 16,  # SO_REUSEADDR, _SNDBUF, _RCVBUF, _KEEPALIVE, _LINGER, _REUSEPORT, _PASSCRED
            18, 19, 20, 21, 66, 67,  # SO_RCVLOWAT, _SNDLOWAT, _RCVTIMEO, _SNDTIMEO
        }),
        "SO_ATTACH_FILTER and _BPF: machine code, counted as `seccomp`'s; what only sockets of other families need.",
        ENOPROTOOPT,
    ),
)  # fmt: skip
"""At most one entry for a call."""
