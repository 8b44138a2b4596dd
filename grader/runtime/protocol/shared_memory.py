"""The name of the folder that ``/dev/shm`` leads to, where the sandbox has a file system of its own."""

from __future__ import annotations

SHARED_MEMORY = "shm"
