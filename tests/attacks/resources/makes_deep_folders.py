"""Makes a folder in a folder in a folder, and takes away every right on the way."""
# levels: strict
# ends: output, timeout

import os

try:
    while True:
        os.mkdir("d" * 250)
        os.chdir("d" * 250)
        os.chmod(".", 0o300)
except OSError:
    pass
