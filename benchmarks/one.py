"""One notebook, as a student grades it: `grade one.ipynb` against the same code as a bare script, imports and all.

    python benchmarks/one.py [--repeat 5]

Prints the ratio of the median times, each round one after the other. The reference is in the cache, as for every later
student.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from common import EXAMPLES, GRADE, STAND_IN, code_cells, in_turns, row

NOTEBOOK = EXAMPLES / "all-four.ipynb"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5, help="rounds (default: 5)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "bare.py"
        script.write_text(bare_code(NOTEBOOK), encoding="utf-8")
        environment = {**os.environ, "MPLBACKEND": "agg"}

        def bare() -> None:
            subprocess.run([sys.executable, script], env=environment, capture_output=True, check=True)

        def graded() -> None:
            done = subprocess.run([*GRADE, NOTEBOOK], capture_output=True, check=False)
            assert done.returncode in (0, 1), done.stderr.decode()

        graded()
        times = in_turns({"graded": graded, "bare": bare}, rounds=options.repeat)
    row("1  grade one.ipynb / bare script", times["graded"] / times["bare"], "at most 0.9 ×")


def bare_code(notebook: Path) -> str:
    """The notebook's code as a script that goes on after an error, cell by cell, as grading does."""
    lines = ["import traceback", STAND_IN]
    for cell in code_cells(notebook):
        lines.append("try:")
        lines += [f"    {line}" for line in cell.split("\n")] + ["    pass"]
        lines.append("except Exception:\n    traceback.print_exc()")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
