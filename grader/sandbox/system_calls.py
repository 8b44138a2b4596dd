"""What the filter answers to every system call of Linux, and why.

Of each call it was asked: does it reach another process or the host's files, does it draw on a counter or a cache of
the whole machine, does it leave something that another process can read? ``ALLOWED`` are the calls for which the answer
is no, or which the limits of a run bound. ``REFUSED`` are refused always, ``REFUSED_WITH_LANDLOCK`` and
``REFUSED_ON_THE_HOST`` where the sandbox needs it. ``call_arguments`` has the arguments with which allowed calls are
refused. Calls with numbers above ``LAST`` do not exist yet: they are refused until they have a place in a table.

``EPERM`` is answered where a call could do harm, ``ENOSYS``, as of a kernel without that call, where libraries then do
without it, and ``DONE`` where nothing needs to happen: the call returns 0 and has no effect.
"""

from __future__ import annotations

from errno import ENOSYS, EPERM
from typing import NamedTuple

DONE = 0
LAST = 470
"""The greatest number of a call in Linux 6.19. From 424 on, numbers are the same on every architecture below."""
NUMBERED_ALIKE = ("X86_64", "AARCH64", "RISCV64", "S390X", "PPC64LE")


class Calls(NamedTuple):
    """System calls with one answer. ``answer``: an error number, or ``DONE``; of allowed calls it is not used."""

    why: str
    names: str
    answer: int = EPERM


ALLOWED = (
    # Files
    Calls(
        "Files that it can open; mounts and Landlock decide which. What it writes has a limit, and is removed after "
        "the run.",
        "open openat openat2 creat close close_range read readv pread64 preadv preadv2 write writev pwrite64 pwritev "
        "pwritev2 lseek readlink readlinkat getdents getdents64 getcwd chdir fchdir umask truncate ftruncate "
        "fallocate mkdir mkdirat rmdir link linkat symlink symlinkat unlink unlinkat rename renameat renameat2 mknod "
        "mknodat sendfile copy_file_range splice tee fadvise64 ioctl",
    ),
    Calls(
        "Reads what is known of a file. A name that does not exist stays in the host's cache of names until memory is "
        "needed: bounded only by processor time, see `What is not promised`. The private file system keeps no such "
        "names.",
        "access faccessat faccessat2 stat lstat fstat newfstatat statx getxattr lgetxattr fgetxattr getxattrat "
        "listxattr llistxattr flistxattr listxattrat file_getattr",
    ),
    Calls(
        "Mode, owner and times of files: read-only mounts refuse it. With Landlock, see REFUSED_WITH_LANDLOCK.",
        "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat setxattr "
        "fsetxattr lsetxattr setxattrat removexattr fremovexattr lremovexattr removexattrat",
    ),
    Calls(
        "Locks end with the process. Until then, whoever has the file open can ask for them: see `What is not "
        "promised`.",
        "flock fcntl",
    ),
    # Descriptors
    Calls(
        "Descriptors: the limits on open files and processes bound them and what they watch (epoll). Pipes and sockets "
        "have buffers, and a limit of their own.",
        "dup dup2 dup3 pipe pipe2 eventfd eventfd2 signalfd signalfd4 timerfd_create timerfd_settime timerfd_gettime "
        "epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 poll ppoll select pselect6",
    ),
    Calls(
        "Sockets between its own processes; their names belong to the network namespace. See ARGUMENTS.",
        "socket socketpair bind listen accept accept4 connect shutdown sendto sendmsg sendmmsg recvfrom recvmsg "
        "recvmmsg getsockname getpeername setsockopt getsockopt send recv",
    ),
    # Memory
    Calls(
        "Its own memory, which has a limit. See ARGUMENTS for shared memory and huge pages, KNOWN for pages of files.",
        "brk mmap munmap mremap mprotect madvise msync remap_file_pages mseal map_shadow_stack pkey_alloc pkey_free "
        "pkey_mprotect get_mempolicy set_mempolicy set_mempolicy_home_node mbind",
    ),
    Calls("Locked memory is taken from all: RLIMIT_MEMLOCK is 0.", "mlock mlock2 mlockall munlock munlockall"),
    # Processes
    Calls(
        "Its own processes and threads, whose number, memory and processor time have limits.",
        "clone fork vfork execve execveat exit exit_group wait4 waitid waitpid getpid getppid gettid getpgid getpgrp "
        "setpgid getsid set_tid_address set_robust_list get_robust_list arch_prctl prctl personality rseq "
        "membarrier restart_syscall futex futex_wait futex_wake futex_requeue futex_waitv uretprobe uprobe",
    ),
    Calls("Users and capabilities, only read.", "getuid geteuid getgid getegid getgroups getresuid getresgid capget"),
    Calls(
        "Its own limits and priority, which can only become lower: RLIMIT_RTPRIO and RLIMIT_NICE are 0. See "
        "ARGUMENTS.",
        "getrlimit setrlimit prlimit64 getpriority setpriority nice sched_setaffinity sched_setscheduler "
        "sched_setparam sched_setattr sched_getaffinity sched_getscheduler sched_getparam sched_getattr "
        "sched_get_priority_max sched_get_priority_min sched_rr_get_interval sched_yield ioprio_get getcpu",
    ),
    Calls(
        "Signals to its own processes. Queued signals and timers are counted by user: RLIMIT_SIGPENDING bounds them.",
        "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_send_signal rt_sigaction rt_sigprocmask "
        "rt_sigpending rt_sigreturn rt_sigsuspend rt_sigtimedwait sigaltstack pause signal sigaction sigreturn alarm "
        "getitimer setitimer timer_create timer_settime timer_gettime timer_getoverrun timer_delete",
    ),
    Calls(
        "Time, and numbers of the whole machine (load, memory, free space), which tell what others do: see `What is "
        "not promised`.",
        "time gettimeofday clock_gettime clock_getres clock_nanosleep nanosleep times getrusage sysinfo uname "
        "getrandom statfs fstatfs",
    ),
    Calls("Other architectures alone have them.", "_llseek _newselect ugetrlimit riscv_flush_icache riscv_hwprobe"),
)  # fmt: skip

REFUSED = (
    # Common goods: counters and caches of the whole machine
    Calls(
        "Requests of asynchronous input and output are counted for the whole machine (fs.aio-max-nr).",
        "io_setup io_submit io_getevents io_pgetevents io_cancel io_destroy",
        ENOSYS,
    ),
    Calls(
        "Watches count by user, and tell when others open a file that both see.",
        "inotify_init inotify_init1 inotify_add_watch inotify_rm_watch fanotify_init fanotify_mark",
        ENOSYS,
    ),
    Calls("Which pages of a file are in memory tells what others have read.", "mincore cachestat", ENOSYS),
    Calls("Flags of files stay, and the next submission can read them.", "file_setattr", ENOSYS),
    Calls("Fills the page cache of the host ahead of any reading.", "readahead"),
    Calls(
        "Writing to the disk at once disturbs all who use the disk. What a submission writes is removed after it "
        "anyway.",
        "sync syncfs fsync fdatasync sync_file_range sync_file_range2",
        DONE,
    ),
    Calls(
        "A filter's machine code counts for the whole machine (net.core.bpf_jit_limit); Landlock's rules count "
        "nowhere.",
        "seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self",
        ENOSYS,
    ),
    Calls(
        "Objects that outlive the process, count for the machine or by user, and could carry messages.",
        "add_key request_key keyctl shmget shmat shmctl shmdt semget semop semtimedop semctl msgget msgsnd msgrcv "
        "msgctl mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr",
    ),
    Calls("Memory that no process's limit counts.", "memfd_create memfd_secret"),
    # Other processes, mounts, the machine
    Calls(
        "Other processes: their memory, their files, their scheduling.",
        "ptrace process_vm_readv process_vm_writev process_madvise process_mrelease pidfd_getfd kcmp migrate_pages "
        "move_pages ioprio_set",
    ),
    Calls(
        "Where the kernel schedules by session (sched_autogroup), each new session gets as much of the processors as "
        "any other, whatever the priority of its processes. The leader of a process group is refused it anyway.",
        "setsid",
    ),
    Calls(
        "Namespaces and mounts.",
        "unshare setns mount umount umount2 move_mount open_tree open_tree_attr fsopen fsmount fsconfig fspick "
        "mount_setattr pivot_root chroot",
    ),
    Calls("What is mounted, and which namespaces and security modules there are.",
        "statmount listmount listns lsm_get_self_attr lsm_set_self_attr lsm_list_modules", ENOSYS,
    ),
    Calls("Opens files by a handle instead of a path.", "name_to_handle_at open_by_handle_at lookup_dcookie"),
    Calls(
        "Parts of the kernel that no submission needs and that had many vulnerabilities.",
        "bpf modify_ldt perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register vmsplice",
    ),
    Calls(
        "The machine as a whole.",
        "kexec_load kexec_file_load init_module finit_module delete_module reboot swapon swapoff acct quotactl "
        "quotactl_fd syslog vhangup iopl ioperm sethostname setdomainname settimeofday clock_settime clock_adjtime "
        "adjtimex stime",
    ),
    Calls(
        "Other users.",
        "setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset",
    ),
    Calls("Its flags lie in memory, which a filter cannot read. The C library then uses clone.", "clone3", ENOSYS),
    Calls(
        "Removed from Linux, or never in it.",
        "_sysctl afs_syscall create_module epoll_ctl_old epoll_wait_old get_kernel_syms get_thread_area getpmsg "
        "nfsservctl putpmsg query_module security set_thread_area sysfs tuxcall uselib ustat vserver",
        ENOSYS,
    ),
)  # fmt: skip

REFUSED_WITH_LANDLOCK = (
    Calls(
        "Landlock does not restrict them: they could change files that may only be read.",
        "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat setxattr "
        "fsetxattr lsetxattr setxattrat removexattr fremovexattr lremovexattr removexattrat",
    ),
)  # fmt: skip
REFUSED_ON_THE_HOST = (
    Calls(
        "Without a process namespace, they reach every process of the user.",
        "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_send_signal",
    ),
    Calls("Without a network namespace, sockets reach the machine's. Pairs are allowed.", "socket"),
    Calls(
        "They can send descriptors, and a deleted file that is under way between two sockets is not counted. Only a "
        "file system of its own has a size.",
        "sendmsg sendmmsg",
    ),
)  # fmt: skip

NUMBERS = {
    "futex_waitv": 449, "set_mempolicy_home_node": 450, "cachestat": 451, "fchmodat2": 452, "map_shadow_stack": 453,
    "futex_wake": 454, "futex_wait": 455, "futex_requeue": 456, "statmount": 457, "listmount": 458,
    "lsm_get_self_attr": 459, "lsm_set_self_attr": 460, "lsm_list_modules": 461, "mseal": 462, "setxattrat": 463,
    "getxattrat": 464, "listxattrat": 465, "removexattrat": 466, "open_tree_attr": 467, "file_getattr": 468,
    "file_setattr": 469, "listns": 470,
}  # fmt: skip
"""Calls that an old libseccomp does not know."""


def names(*groups: Calls) -> list[str]:
    """The calls of some groups, each with its name."""
    return [name for group in groups for name in group.names.split()]
