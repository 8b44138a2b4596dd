"""Makes every call to the kernel's less used doors, with arguments that would do nothing where they are let through."""

import ctypes
import os

from target import breach

libc = ctypes.CDLL(None, use_errno=True)
REFUSED = (1, 13, 38)  # EPERM, EACCES, ENOSYS
CALLS = """101:ptrace 103:syslog 153:vhangup 163:acct 167:swapon 168:swapoff 169:reboot 172:iopl 173:ioperm
175:init_module 176:delete_module 179:quotactl 212:lookup_dcookie 246:kexec_load 248:add_key 249:request_key 250:keyctl
298:perf_event_open 300:fanotify_init 304:open_by_handle_at 313:finit_module 320:kexec_file_load 321:bpf 323:userfaultfd
425:io_uring_setup 426:io_uring_enter 427:io_uring_register 443:quotactl_fd 278:vmsplice 164:settimeofday
227:clock_settime 159:adjtimex 305:clock_adjtime 170:sethostname 171:setdomainname 29:shmget 30:shmat 31:shmctl
67:shmdt 64:semget 65:semop 66:semctl 68:msgget 69:msgsnd 70:msgrcv 71:msgctl 240:mq_open 241:mq_unlink"""
if os.uname().machine == "x86_64":
    for entry in CALLS.split():
        number, name = entry.split(":")
        for first in (-1, 1) if name == "acct" else (-1, 0, 1):
            # -1 and addresses that are none: invalid to all of them.
            if libc.syscall(int(number), first, -1, -1, -1, -1) != -1 or ctypes.get_errno() not in REFUSED:
                breach(f"{name}({first}) was let through: {os.strerror(ctypes.get_errno())}")
for persona in (0x0040000, 0x0400000, 0x0020000, 8):  # no address space layout, readable means executable, Linux 32
    if libc.personality(persona) != -1 or ctypes.get_errno() not in REFUSED:
        breach(f"personality({persona:#x}) was let through")
