"""How long `grade watch` takes from a save to the verdict, with everything warm: median and 95th percentile.

    python benchmarks/watch.py [--repeat 30]

Two of the examples are watched, each for all exercises of the built-in course and for those that it is about. A save
writes the whole file anew with one line more. The verdict is the line with the score: it is read from a pipe, and the
time runs from before the file is opened until that line has arrived.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = {
    "all-four.ipynb": ("double-backward", "vector-control-flow", "detach-semantics", "sin-derivative"),
    "double_backward.py": ("double-backward",),
}
WATCH = (sys.executable, "-m", "grader.cli", "watch")
GOAL_S = 0.2
PAUSE_S = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=30, help="saves of each kind (default: 30)")
    repeat = parser.parse_args().repeat
    with tempfile.TemporaryDirectory() as folder:
        for name, exercises in EXAMPLES.items():
            path = Path(folder, name)
            asked = [word for exercise in exercises for word in ("--exercise", exercise)]
            row(f"{name}, all exercises", latencies(path, (), repeat))
            row(f"{name}, its own ({len(exercises)})", latencies(path, asked, repeat))


def row(what: str, seconds: Sequence[float]) -> None:
    middle, late = statistics.median(seconds), statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    print(f"{what:<38}{middle:6.3f} s, 95 % within {late:.3f} s   goal: under {GOAL_S} s", flush=True)


def latencies(path: Path, options: Sequence[str], repeat: int) -> list[float]:
    """Seconds from each of ``repeat`` saves to its verdict; the first save is not counted."""
    versions = edits((ROOT / "examples" / path.name).read_text(encoding="utf-8"), notebook=path.suffix == ".ipynb")
    path.write_text(next(versions), encoding="utf-8")
    process = subprocess.Popen([*WATCH, path, *options], stdout=subprocess.PIPE, encoding="utf-8")
    assert process.stdout is not None
    try:
        wait_for("Total", process.stdout)
        seconds = []
        for _ in range(repeat + 1):
            text = next(versions)
            time.sleep(PAUSE_S)
            began = time.perf_counter()
            path.write_text(text, encoding="utf-8")
            wait_for("nothing changed", process.stdout)
            seconds.append(time.perf_counter() - began)
    finally:
        process.terminate()
        process.communicate()
    return seconds[1:]


def edits(text: str, *, notebook: bool) -> Iterator[str]:
    """The file, and again and again with another line that changes nothing."""
    yield text
    number = 0
    while True:
        number += 1
        if notebook:
            content = json.loads(text)
            code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
            code[-1]["source"] = ["".join(code[-1]["source"]), f"\n# {number}"]
            yield json.dumps(content, indent=1)
        else:
            yield f"{text}\n# {number}\n"


def wait_for(words: str, lines: IO[str]) -> None:
    for line in lines:
        if words in line:
            return
    raise SystemExit(f"grade watch ended before it said {words!r}")


if __name__ == "__main__":
    main()
