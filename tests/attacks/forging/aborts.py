"""Ends the process by abort()."""
# ends: crashed

import os

os.abort()
