"""Finds lines that ask a name with a dot for what only a role in ``leaves`` has, such as ``w.gradient``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from grader.judging.found_objects import reference_in
from grader.language import expression
from grader.language.expression import Expression


def parts_of_no_role(line: Expression, roles: Collection[str], leaf: str | None) -> Iterator[str]:
    """A message for everything that a line asks of what is no role. ``leaf``: the leaf that the check is about."""
    for path, attribute in sorted(line.attributes):
        name = re.split(r"[\[.]", path)[0]
        if name in roles or expression.ATTRIBUTES[attribute].of_arrays:
            continue
        if name in ("leaf", leaf) and not roles:
            about = "the check is about one leaf" if name == "leaf" else f"`leaf: {name}` says what the check is about"
            yield f"`{path}.{attribute}`: {about}, so write `{attribute}`"
        else:
            listed = ", ".join([*roles, name])
            why = f"`{name}` is no role, and only roles have `.{attribute}`"
            yield f"`{path}.{attribute}`: {why}: write `leaves: [{listed}]`"


def names_of_the_leaf(leaf: str | None) -> dict[str, str]:
    """What to write in the place of the name in ``leaf``, which no expression knows unless ``names`` declares it."""
    if leaf is None or reference_in(leaf) is not None or not leaf.isidentifier() or leaf == "leaf":
        return {}
    return {leaf: f"`{leaf}` is the name in `leaf`: write `leaf` for its value, and `gradient` for its gradient"}
