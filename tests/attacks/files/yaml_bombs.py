"""Exercises that are no data: aliases, depth, tags, cycles, megabytes. Each must be one mistake in its file."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import write

WHAT = "course"
BOMBS = {
    "laughs": "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)),
    "deep": "a: " + "[" * 100_000,
    "deep-mapping": "".join(" " * n + "a:\n" for n in range(1_000)),
    "cycle": "a: &a [*a]\n",
    "merged": "a: &a {x: 1}\nb: &b {<<: ["
    + ", ".join(["*a"] * 20_000)
    + "]}\nc: {<<: ["
    + ", ".join(["*b"] * 20_000)
    + "]}",
    "tag": "id: !!python/object/apply:os.system ['touch /tmp/x']\n",
    "name": "id: !!python/name:os.system\n",
    "binary": "id: !!binary aGVsbG8=\n",
    "large": "a: " + "x" * 10 * 1024**2,
    "digits": "a: " + "9" * 900_000,
    "date": "a: 2026-01-01T00:00:00." + "0" * 900_000 + "Z\n",
    "sexagesimal": "a: " + ":".join(["1"] * 200_000),
    "keys": "".join(f"k{n}: 0\n" for n in range(60_000)),
    "doubled": "a: 1\n" * 100_000,
    "complex": "? [a, b]\n: c\n",
    "documents": "a: 1\n---\n" * 50_000,
    "flow": "{" * 20_000,
    "question": "? " * 20_000,
    "dashes": "- " * 20_000,
    "quoted": 'a: "' + "\\u0041" * 140_000 + '"',
    "anchors": "".join(f"- &a{n} x\n" for n in range(60_000)),
    "alias": "a: *nobody\n",
    "directive": "%YAML 9.9\n---\na: 1\n",
    "control": "a: \x1b[31m\n",
    "comments": "#" * 1_000_000,
}


def make(folder: Path) -> Path:
    for name, text in BOMBS.items():
        write(folder / "exercises", f"{name}.yaml", text)
    return folder
