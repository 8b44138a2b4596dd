"""Warns without end, each time in other words and with a category of its own whose name has megabytes."""
# ends: timeout, completed, output

import warnings

for number in range(100_000):
    category = type("W" * 1_000_000 + str(number), (UserWarning,), {})
    warnings.warn(category("w" * 1_000_000 + str(number)))
