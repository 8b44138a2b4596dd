"""Looks at who else is there: processes, their command lines, sockets, mounts, the machine's users."""
# levels: strict

import os

from target import BYSTANDER, TESTS, UNIX_SOCKET, breach, has_word

pids = {int(name) for name in os.listdir("/proc") if name.isdigit()}
if pids - {1, os.getpid()}:
    breach(f"processes {pids}")
for pid in (BYSTANDER, TESTS):
    if os.path.exists(f"/proc/{pid}/cmdline") and pid not in (1, os.getpid()):
        breach(f"process {pid} is there")
for name in ("net/unix", "net/tcp", "net/udp", "net/route", "net/arp", "net/dev", "locks", "sysvipc/shm", "keys"):
    try:
        text = open(f"/proc/{name}").read()
    except OSError:
        continue
    if has_word(text) or UNIX_SOCKET in text or "eth0" in text or ("keys" in name and text):
        breach(f"/proc/{name} tells {text[:300]}")
for name in ("mountinfo", "mounts", "cgroup"):
    text = open(f"/proc/self/{name}").read()
    if has_word(text):
        breach(f"the secret word in {name}")
