"""Closes every descriptor, the recorder's among them, and goes on."""
# ends: completed, exited, crashed

import os

os.closerange(0, 1024)
print("nobody hears this")
