"""A course of two exercises, each with a known wrong submission, that holds in every way."""

from __future__ import annotations

from pathlib import Path

EXERCISE = """\
id: {name}
title: {title}
statement: {title}.
checks:
  - id: slope
    kind: backward
    given: root == sum(leaf ** {power})
    expect: {{gradient: "{power} * leaf ** {less}"}}
"""
RUBRIC = """\
exercise: {name}
checks:
  slope:
    points: 2
    hint: Which function do you differentiate?
    mistakes:
      - {{when: "gradient == leaf", say: "That is the leaf itself.", credit: 0.5}}
"""
REFERENCE = """\
import torch

x = torch.rand(3, requires_grad=True)
(x**{power}).sum().backward()
"""
VERDICTS = """\
another_function.py:
  about: Another function.
  verdicts: {slope: failed}
  score: 0
  says: Which function
"""


def write_small_course(root: Path) -> Path:
    for name, title, power in (("cube", "The cubes of numbers", 3), ("square", "What squares give", 2)):
        values = {"name": name, "title": title, "power": power, "less": power - 1}
        mistakes = f"solutions/mistakes/{name}"
        for path, text in {
            f"exercises/{name}.yaml": EXERCISE.format(**values),
            f"rubrics/{name}.yaml": RUBRIC.format(**values),
            f"solutions/{name}.py": REFERENCE.format(**values),
            f"{mistakes}/verdicts.yaml": VERDICTS,
            f"{mistakes}/another_function.py": REFERENCE.format(power=5),
        }.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    return root


def change(file: Path, old: str, new: str) -> None:
    """Replace a text that stands in the file once."""
    text = file.read_text()
    assert text.count(old) == 1, text
    file.write_text(text.replace(old, new))
