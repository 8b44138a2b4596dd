"""The canary course with a canary in every place of a course that students must not get, and a search of all bytes."""

from __future__ import annotations

import base64
import codecs
import gzip
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from tests.helpers.canary_course import NUMBERS, write_canary_course

WORD = "canary"
SEEDS = (31415, 92653)
"""Of the assignment that is packed, and of another one."""
DATA = (73571.0, 81818.0)
"""In files that only hidden checks use."""
PUBLIC_DATA = 2.5

_SHOWN = """
id: shown
title: Shown
statement: Write a function `double`, and another that takes a `bowl`; read points.csv.
checks:
  # canary: a comment of the author
  - id: doubles   # canary
    kind: function
    function: [double]
    inputs: [{normal: [3]}, {file: public.npy}]
    expect: {output: reference, gradient: reference}
  - id: bottom
    kind: function
    function: [bottom]
    arguments: [{f: {function: support.bowl}}]
    expect: {output: reference}
  - id: canary-bottom
    title: Canary bottom
    kind: function
    visibility: hidden
    function: [bottom]
    arguments: [{f: {function: support.bowls.canary_canyon}}]
    expect: {output: reference}
  - id: canary-file
    title: Canary file
    kind: function
    visibility: after-due
    function: [double]
    inputs: [{file: canary-points.npy}, {file: canary-table.csv}]
    expect: {output: reference}
  - id: total
    kind: backward
    given: root == sum(leaf ** 2)
    expect: {gradient: reference}
  - id: canary-pass
    title: Canary pass
    kind: backward
    visibility: hidden
    given: root == sum(leaf ** 3) + 62342
    expect: {gradient: reference}
  - id: last
    kind: value
    names: {w: [w]}
    expect: {w: reference}
  - id: canary-last
    title: Canary last
    kind: value
    visibility: hidden
    names: {v: [canary_v]}
    expect: {v: reference}
  - id: canary-quiet
    title: Canary quiet
    kind: value
    reveal: no
    names: {q: [canary_q]}
    holds: q == 48151
  - id: canary-after
    title: Canary after
    kind: value
    after: canary-quiet
    names: {w: [w]}
    holds: w == 3
"""
_SHOWN_RUBRIC = """
# canary: what nobody should read
exercise: shown
checks:
  doubles:
    points: 1
    hint: Twice as much.
    mistakes:
      - {when: output == input, say: It is the input.}
      - {when: not passed("canary-pass"), say: Canary says the other check.}
    remarks: [{when: passed("canary-file"), say: Canary remark.}]
  bottom: {points: 1, needs: [canary-pass]}
  canary-bottom: {points: 1, hint: Canary hint.}
  canary-file: {points: 1, mistakes: [{when: output == 62342, say: Canary mistake., hint: Canary hint.}]}
  total: {points: 2}
  canary-pass: {points: 1, hint: Canary hint.}
  last: {points: 1}
  canary-last: {points: 1, hint: Canary hint.}
  canary-quiet: {points: 1, hint: Canary hint.}
  canary-after: {points: 1, hint: Canary hint.}
"""
_SOLUTION = """
import torch
from bowls import canary_canyon

canary_note = "a canary in the text of the solution"
print(canary_note, 48151)


def canary_helper(a):
    return 2 * a


double = canary_helper


def bottom(f):
    return f(torch.tensor(3.0))


canary_x = torch.arange(4.0, requires_grad=True)
(canary_x**2).sum().backward()
canary_y = torch.arange(4.0, requires_grad=True)
((canary_y**3).sum() + 62342).backward()
w = torch.tensor([1.0, 2.0])
canary_v = torch.tensor(48151.0)
w = torch.tensor([3.0, 4.0])
canary_q = 48151
w = torch.tensor(3.0)
assert canary_canyon(torch.tensor(1.0)) is not None
"""
_BOWLS = '''"""Bowls, and a canary."""

import math
from canary_depths import canary_depth

CANARY_FLOOR = 48151.0


def valley(x):  # canary
    return math.pi * x


def canary_canyon(x):
    """A canary that only a hidden check hands in."""
    return canary_depth(x) + _canary_part(x) + CANARY_FLOOR


def _canary_part(x):
    return x * 31338
'''
_BOWL = "from bowls import valley\n\n\ndef bowl(x):\n    return valley(x) * x  # canary\n"
_DEPTHS = "def canary_depth(x):\n    return x - 31337\n"
_OTHER = """
id: canary-next-week
title: Canary of next week
statement: A canary that nobody may know before next week, which has quite a few words in it.
asks: ["What does the canary of the next week sing when the whole sheet is handed out?"]
checks:
  - {id: c, kind: value, names: {c: [c]}, expect: {c: 31337}}
"""
_ASSIGNMENT = f"""
# canary
id: sheet
title: The sheet
due: 2999-01-01 12:00 UTC
late: {{penalty: 13.5 %, per: day}}
exercises:
  - shown
  - {{exercise: cubes, number: 1.10, points: 20}}
  - vault
data: data/sheet
handout: given.ipynb
limits: {{time: 30 s}}
seed: {SEEDS[0]}
"""
_NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"canary": "canary"},
    "cells": [
        {"id": "a", "cell_type": "markdown", "metadata": {}, "source": "# A canary in what was handed out"},
        {
            "id": "b",
            "cell_type": "code",
            "metadata": {"tags": ["canary"]},
            "execution_count": 1,
            "source": "canary_given = 1",
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "canary 48151"}],
        },
    ],
}


def write_course(root: Path) -> Path:
    """A course of which the assignment `sheet` has four exercises' worth of secrets."""
    write_canary_course(root)
    for name, text in {
        "exercises/shown.yaml": _SHOWN,
        "rubrics/shown.yaml": _SHOWN_RUBRIC,
        "solutions/shown.py": _SOLUTION,
        "solutions/canary-beside.txt": "canary",
        "solutions/mistakes/shown/canary.py": "canary = 31337\n",
        "solutions/mistakes/shown/verdicts.yaml": "canary.py: {doubles: failed, bottom: failed, total: failed}\n",
        "solutions/mistakes/shown/mutants.yaml": "canary: explained by a canary\n",
        "exercises/canary-next-week.yaml": _OTHER,
        "rubrics/canary-next-week.yaml": "exercise: canary-next-week\nchecks: {c: {points: 1, hint: Canary.}}\n",
        "solutions/canary-next-week.py": "c = 31337\n",
        "assignments/sheet.yaml": _ASSIGNMENT,
        "assignments/canary-exam.yaml": f"id: canary-exam\ntitle: Canary\nexercises: [cubes]\nseed: {SEEDS[1]}\n",
        "course.yaml": "# canary\nid: canary-course\ntitle: Canary course\n",
        "README.md": "canary\n",
        "notes/canary.txt": "canary\n",
        ".git/config": "canary\n",
        ".canary": "canary\n",
        "overrides.yaml": "canary: {late: 31337}\n",
        "checks.py": "canary = 1\n",
        "handout/starters/shown.py": "def double(a):  # canary\n    canary_start = 1\n    raise NotImplementedError\n",
        "handout/starters/canary-next-week.py": "canary = 31337\n",
        "support/bowl.py": _BOWL,
        "support/bowls.py": _BOWLS,
        "support/canary_depths.py": _DEPTHS,
        "support/canary.txt": "canary\n",
        "support/__pycache__/canary.pyc": "canary\n",
        "data/sheet/points.csv": "x,y\n1,2\n",
        "data/sheet/.canary": "canary\n",
        "data/other/canary.csv": "canary\n",
        "given.ipynb": json.dumps(_NOTEBOOK),
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    data = root / "exercises" / "data"
    data.mkdir()
    np.save(data / "public.npy", np.full(3, PUBLIC_DATA, dtype=np.float32))
    np.save(data / "canary-points.npy", np.full(3, DATA[0]))
    (data / "canary-table.csv").write_text(f"{DATA[1]}\n{DATA[1]}\n")
    return root


def canaries_in(files: Mapping[str, bytes]) -> list[str]:
    """Where a secret of the course is, in whatever way it is written: a list of places."""
    found = []
    for name, content in files.items():
        if WORD in name.lower():
            found.append(f"the name {name}")
        for way, text in _readings(content):
            found += [f"{name} ({way}): {secret}" for secret in _secrets_in(text)]
        found += [f"{name}: the number {number}" for number in _packed_numbers_in(content)]
    return found


def _readings(content: bytes, depth: int = 0) -> Iterator[tuple[str, str]]:
    """The texts that bytes may stand for: as they are, in other codings, and of what is packed in them."""
    text = content.decode("latin-1")
    yield "as it is", text
    for coding in ("utf-16-le", "utf-16-be", "utf-32-le"):
        for start in range(2):
            yield coding, content[start:].decode(coding, "ignore")
    yield "JSON", re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
    yield "rot13", codecs.encode(text, "rot13") if depth else ""
    if depth == 2:
        return
    for part in re.findall(rb"[A-Za-z0-9+/_-]{8,}={0,2}", content):
        padded = part.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        for start in range(4):
            piece = padded[start:]
            yield "base64", base64.b64decode(piece[: len(piece) // 4 * 4]).decode("latin-1")
    for part in re.findall(rb"(?:[0-9a-fA-F]{2}){6,}", content):
        yield "hexadecimal", bytes.fromhex(part.decode()).decode("latin-1")
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield "a member's name", member
                for way, inner in _readings(archive.read(member), depth + 1):
                    yield f"{member} in {way}", inner
    for unpack in (zlib.decompress, gzip.decompress):
        try:
            yield "compressed", unpack(content).decode("latin-1")
        except (zlib.error, OSError, EOFError):
            continue


def _secrets_in(text: str) -> Iterator[str]:
    if WORD in text.lower():
        at = text.lower().index(WORD)
        yield repr(text[max(0, at - 30) : at + 30])
    for number in (*NUMBERS, *map(str, SEEDS), "13.5", "14191", "2999-01-01", *(str(int(value)) for value in DATA)):
        if re.search(rf"(?<![0-9a-f.]){re.escape(number)}(?![0-9a-f])", text):
            yield number


def _packed_numbers_in(content: bytes) -> Iterator[float]:
    """Numbers in buffers of arrays, in the dtypes that records and ``.npy`` files have."""
    for number in (*map(int, NUMBERS), *DATA, *SEEDS, 62342.0, 14191.0):
        for kind in ("<f", "<d", ">f", ">d", "<i", "<q", "<I"):
            whole = float(number).is_integer()
            if kind[1] in "iqI" and not whole:
                continue
            packed = struct.pack(kind, int(number) if kind[1] in "iqI" else float(number))
            if packed in content:
                yield number
