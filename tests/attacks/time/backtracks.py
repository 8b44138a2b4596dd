"""Matches a regular expression that takes longer than the universe has lived."""
# ends: timeout

import re

re.match(r"(a|a)*$", "a" * 100 + "b")
re.match(r"(a+)+$", "a" * 100 + "b")
