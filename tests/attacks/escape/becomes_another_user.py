"""Becomes root, or anybody else, or itself with more rights."""

import ctypes
import os

from target import LEVEL, breach, refused

libc = ctypes.CDLL(None, use_errno=True)
REFUSED = (1, 13, 38)  # EPERM, EACCES, ENOSYS
for user in (0, os.getuid(), 65534, 1000):
    refused(os.setuid, user)
    refused(os.setgid, user)
    refused(os.seteuid, user)
    refused(os.setegid, user)
    refused(os.setreuid, user, user)
    refused(os.setregid, user, user)
    refused(os.setresuid, user, user, user)
    refused(os.setresgid, user, user, user)
    refused(os.setgroups, [user])
    refused(os.initgroups, "root", user)
    for name in ("setfsuid", "setfsgid"):
        if getattr(libc, name)(user) >= 0:
            breach(f"{name}({user}) was let through")
header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
if libc.capset(header, data) != -1 or ctypes.get_errno() not in REFUSED:
    breach("capset was let through")
for capability in range(41):
    if libc.prctl(47, 2, capability, 0, 0) == 0:  # PR_CAP_AMBIENT_RAISE
        breach(f"capability {capability} was raised")
status = dict(line.strip().split(":\t", 1) for line in open("/proc/self/status") if line.strip().count(":\t"))
for name in ("CapPrm", "CapEff", "CapAmb"):
    if int(status[name], 16):
        breach(f"{name} is {status[name]}")
if (LEVEL == "strict" and "0" in status["Uid"].split()) or status["NoNewPrivs"] != "1":
    breach(f"user {status['Uid']}, NoNewPrivs {status['NoNewPrivs']}")
