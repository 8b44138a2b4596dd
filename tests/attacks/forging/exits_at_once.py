"""Ends the process at once, as if all were well."""
# ends: exited

import os

os._exit(0)
