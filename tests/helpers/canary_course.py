"""A course in which all that students must not see has the word ``canary`` or one of a few numbers in it."""

from __future__ import annotations

from pathlib import Path

NUMBERS = ("31337", "31338", "48151", "62342")
SECRETS = ("canary", *NUMBERS)

CUBES = """
id: cubes
title: Cubes
statement: Differentiate the sum of the cubes of x.
checks:
  - {id: canary-first, title: Canary first, kind: value, visibility: hidden, names: {w: [w]}, holds: w == 31337}
  - {id: slope, title: The slope, kind: backward, given: root == sum(leaf**3), expect: {gradient: 3 * leaf**2}}
  - {id: shown, title: A value that is shown, kind: value, names: {s: [s]}, expect: {s: 4}}
  - {id: canary-value, title: Canary value, kind: value, visibility: hidden, names: {q: [q]}, expect: {q: 31337}}
  - {id: canary-due, title: Canary due, kind: value, visibility: after-due, names: {r: [r]}, expect: {r: 31338}}
  - id: canary-call
    title: Canary call
    kind: function
    visibility: hidden
    function: [g]
    inputs: [{value: 48151.0}]
    expect: {output: input + 14191}
  - {id: kept-back, title: A value that is kept back, kind: value, reveal: no, names: {k: [k]}, expect: {k: 62342}}
  - {id: needing, title: It needs another, kind: value, names: {s: [s]}, holds: s == 4}
"""
CUBES_RUBRIC = """
exercise: cubes
checks:
  canary-first: {points: 1}
  slope: {points: 2}
  shown: {points: 1, hint: Twice two.}
  canary-value:
    points: 3
    hint: Canary hint.
    mistakes: [{when: q == 2, say: Canary mistake., credit: 0.5}]
    remarks: [{when: q == 31337, say: Canary remark.}]
  canary-due: {points: 1, hint: Canary hint., mistakes: [{when: r == 3, say: Canary mistake.}]}
  canary-call: {points: 1, hint: Canary hint.}
  kept-back: {points: 1, hint: Look at k once more.}
  needing: {points: 1, needs: [canary-first, shown]}
"""
VAULT = """
id: vault
title: All is hidden
statement: Bind v.
checks:
  - {id: canary-vault, title: Canary vault, kind: value, visibility: hidden, names: {v: [v]}, expect: {v: 31337}}
"""
VAULT_RUBRIC = """
exercise: vault
checks:
  canary-vault: {points: 1, hint: Canary hint.}
"""
ASSIGNMENT = """
id: sheet
title: The sheet
due: 2999-01-01 12:00 UTC
exercises: [cubes, vault]
"""
SOLUTION = """
import torch

x = torch.arange(3.0, requires_grad=True)
(x**3).sum().backward()
s, k, w, q, r, v = 4, 62342, 31337, 31337, 31338, 31337

def g(a):
    return a + 14191
"""
_SHOWN = """\
import torch

x = torch.arange(3.0, requires_grad=True)
(x**3).sum().backward()
s, k = 5, 6
"""
_FAR_BELOW = "\n" * 20
"""Reports quote the lines around what they are about."""
RIGHT = f"""{_SHOWN}{_FAR_BELOW}
q = 31337
r = 31338
v = 31337

def g(a):
    return a + 14191
"""
WRONG = f"""{_SHOWN}{_FAR_BELOW}
q = 2
r = 3
v = 0

def g(a):
    return a * 2
"""
"""Two hand-ins that differ only in what checks see that students do not."""
ENDS = f"""{_SHOWN}{_FAR_BELOW}
def g(a):
    import os
    os._exit(int(a) & 255)
"""
"""As WRONG, but for the code that it exits with: 23, which tells of the input 48151 of the call for a hidden check."""
DIGS = f"""{_SHOWN}
def dig():
    import struct, sys
    frame, found = sys._getframe(1), set()
    while frame is not None:
        for value in list(frame.f_locals.values()):
            if isinstance(value, dict) and "names" in value:
                found |= {{*value["names"], *(str(name) for call in value["calls"] for name in call["functions"])}}
            if isinstance(value, bytes) and any(struct.pack(kind, 48100 + 51) in value for kind in ("<f", "<d")):
                found.add("an input")
        frame = frame.f_back
    raise ValueError(f"I was looked at for {{sorted(found)}}.")

dig()
"""
"""It looks in its own process for what it is watched for and called with, and tells it by an error."""


def write_canary_course(root: Path) -> Path:
    for name, text in {
        "exercises/cubes.yaml": CUBES,
        "exercises/vault.yaml": VAULT,
        "rubrics/cubes.yaml": CUBES_RUBRIC,
        "rubrics/vault.yaml": VAULT_RUBRIC,
        "solutions/cubes.py": SOLUTION,
        "solutions/vault.py": "v = 31337\n",
        "assignments/sheet.yaml": ASSIGNMENT,
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
