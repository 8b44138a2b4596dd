"""Opens every setting of the kernel for writing, and the machine's emergency switch. It writes only what is there."""

import os

from target import LEVEL, breach, refused


def write_what_it_has(path):
    """Some may be opened by everybody, and take nothing."""
    fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    os.write(fd, os.read(fd, 1000))


for name in ("kernel/core_pattern", "kernel/modprobe", "kernel/hostname", "kernel/sysrq", "kernel/yama/ptrace_scope",
             "vm/drop_caches", "vm/overcommit_memory", "fs/suid_dumpable", "net/ipv4/ip_forward"):  # fmt: skip
    refused(os.open, f"/proc/sys/{name}", os.O_WRONLY)
for path in ("/proc/sysrq-trigger", "/proc/kcore", "/proc/kmsg", "/proc/1/oom_score_adj", "/proc/irq", "/proc/mtrr",
             "/sys/kernel/uevent_helper", "/sys/power/state", "/sys/kernel/mm/transparent_hugepage/enabled",
             "/sys/fs/cgroup/cgroup.procs", "/sys/kernel/security", "/sys/kernel/debug"):  # fmt: skip
    refused(os.open, path, os.O_WRONLY)
for top in ("/proc/sys", "/sys"):
    for folder, folders, names in os.walk(top):
        if folder.count("/") > 3:
            folders.clear()
        for name in names[:200]:
            refused(write_what_it_has, os.path.join(folder, name))
for name in ("oom_score_adj", "autogroup", "clear_refs", "coredump_filter", "mem", "timerslack_ns", "comm"):
    refused(os.open, f"/proc/self/{name}", os.O_WRONLY)
if LEVEL == "strict":
    refused(open, "/proc/keys")
    refused(open, "/proc/key-users")
with open("/proc/self/oom_score_adj") as file:
    if file.read().strip() != "1000":
        breach("the kernel would rather end others where memory is short")
