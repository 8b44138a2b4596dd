"""The checks that decide what is said of an exercise as a whole, such as whether it was attempted.

Students read that. Where it depended on a check that they may not see, they could tell from it how that check ended.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.judging.checks.base import Check


def find_deciding_checks(checks: Sequence[Check]) -> tuple[int, ...]:
    """The indices of the public checks; without any, of those that are shown once the assignment is due; else all."""
    kinds = {check.visibility for check in checks}
    most_visible = "public" if "public" in kinds else "after-due" if "after-due" in kinds else "hidden"
    return tuple(index for index, check in enumerate(checks) if check.visibility == most_visible)
