"""Writes wherever it may last: the home, the course, the installation, the system, the runtime.

Into folders by files without a name, so that it does no harm where it gets through.
"""

import os
import site
import sys
import sysconfig
import tempfile

import torch

from target import BYSTANDER, COURSE, HOME, LEVEL, NEIGHBOUR, PROJECT, SECRETS, refused

installed = [sys.prefix, sys.base_prefix, *site.getsitepackages(), *sysconfig.get_paths().values(), f"{sys.prefix}/bin",
             os.path.dirname(os.__file__), os.path.dirname(torch.__file__)]  # fmt: skip
system = """/ /opt /opt/runtime /opt/support /usr /usr/lib /usr/bin /usr/local /usr/share /lib /lib64 /bin /etc
/etc/cron.d /var /var/tmp /var/spool/cron /var/spool/cron/crontabs /run /run/user /run/user/0 /run/lock /dev
/dev/pts /dev/mqueue /proc /proc/sys /proc/1 /sys /sys/fs/cgroup /sys/kernel /mnt /media /srv /home /boot""".split()
if LEVEL != "strict":  # there it is its own, see forging/leaves_shared_memory.py
    system.append("/dev/shm")
for folder in (HOME, f"{HOME}/.ssh", COURSE, f"{COURSE}/solutions", PROJECT, os.path.dirname(NEIGHBOUR), *installed,
               *(f"{folder}/__pycache__" for folder in installed), *system):  # fmt: skip
    refused(os.open, folder, os.O_TMPFILE | os.O_WRONLY)
    refused(tempfile.TemporaryFile, dir=folder)
for path in (*SECRETS, os.__file__, torch.__file__, sys.executable, os.path.realpath(sys.executable), "/etc/passwd",
             "/etc/ld.so.cache", "/proc/sys/kernel/core_pattern", f"/proc/{BYSTANDER}/oom_score_adj"):  # fmt: skip
    refused(os.open, path, os.O_WRONLY)
    refused(os.open, path, os.O_RDWR | os.O_APPEND)
