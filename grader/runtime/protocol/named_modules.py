"""Modules that submissions import by name, and that a worker imports before it forks where they seem to."""

NAMED = ("decimal", "doctest", "fractions", "statistics", "zoneinfo", "PIL", "scipy", "sympy")
"""Torch and matplotlib need not have imported them.

None of these may start a thread, which does not survive a fork (pandas does where pyarrow is installed), or keep
functions of torch, since the recorder replaces those.
"""
