"""Raises exceptions with texts of a hundred megabytes, caught and uncaught, of which one names no class."""
# ends: exited, memory
# seconds: 3

import torch


class Huge(Exception):
    def __str__(self):
        return "\udc80✂" * (5 * 10**7)


Huge.__name__ = "H" * 10**7
for _ in range(3):
    try:
        torch.ones(2).register_hook(1 / 0)
    except ZeroDivisionError:
        pass
raise Huge
raise SystemExit("x" * 10**8)
