"""The line of a script that names its assignment."""

from __future__ import annotations

import pytest

from grader.submission.named_assignment import named_assignment, naming_line


@pytest.mark.parametrize("above", ["", "#!/usr/bin/env python\n", "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n"])
def test_a_script_names_its_assignment_at_the_top(above: str) -> None:
    assert named_assignment(f"{above}{naming_line('hw2')}\nx = 1\n") == ("hw2", f"{above}\nx = 1\n")


@pytest.mark.parametrize(
    "script", ["", "x = 1", "x = 1\n# grader.assignment: hw2", "# assignment: hw2\n", "\n\n\n# grader.assignment: hw2"]
)
def test_other_lines_name_none(script: str) -> None:
    assert named_assignment(script) == ("", script)
