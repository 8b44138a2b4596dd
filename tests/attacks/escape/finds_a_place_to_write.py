"""Asks every folder that it can see whether it may be written to."""

import os
import sys

from target import refused

home = os.environ["TMPDIR"]
for folder, folders, _ in os.walk("/"):
    # The disk of an ordinary user's worker has the submission's user: what is written there counts, and goes with it.
    own_disk = folder == "/scratch" and os.stat(folder).st_uid == os.getuid()
    if folder == home or own_disk or folder.startswith("/proc/"):
        folders.clear()
        continue
    if folder.count("/") > 3 or folder.startswith((sys.prefix, sys.base_prefix, "/sys/")):
        folders.clear()
    refused(os.open, folder, os.O_TMPFILE | os.O_WRONLY)
