"""A course of two exercises, of which one is answered in words, with an assignment."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "exercises/slope.yaml": """
id: slope
title: The slope of a sum of squares
statement: |
  # What to do

  Differentiate the sum of the squares of `x`.
checks:
  - id: gradient
    title: The gradient is 2x
    kind: backward
    given: root == sum(leaf ** 2)
    expect: {gradient: 2 * leaf}
""",
    "rubrics/slope.yaml": "exercise: slope\nchecks:\n  gradient: {points: 2}\n",
    "solutions/slope.py": "import torch\n\nx = torch.arange(3.0, requires_grad=True)\n(x**2).sum().backward()\n",
    "exercises/why.yaml": """
id: why
title: Why a constant has no slope
statement: Say in a sentence why.
checks:
  - {id: reason, title: The reason, kind: answer, keywords: [[constant], [change, move]]}
""",
    "rubrics/why.yaml": "exercise: why\nchecks:\n  reason: {points: 1}\n",
    "solutions/why.py": "# %% [markdown]\n# # Why a constant has no slope\n#\n# A constant does not move.\n",
    "assignments/hw2.yaml": """
id: hw2
title: Second sheet
due: 2030-12-04 23:59 UTC
exercises:
  - {exercise: slope, number: 1}
  - {exercise: why, number: 2, bonus: true}
""",
}


def write_small_course(root: Path) -> Path:
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    return root
