"""The first three rows of the design's table of numbers, as ratios measured side by side in one run.

    python benchmarks/speed.py [--notebooks 200] [--executed 8] [--repeat 5]

Row 1: `grade one.ipynb` against the same code as a bare script, imports and all.
Row 2: a class of notebooks on two cores, graded, against `jupyter nbconvert --execute` of the same notebooks, two at a
       time. nbconvert runs only `--executed` of them: it takes seconds for each, and the rate is what is compared.
Row 3: the same class against forking an interpreter kept warm with the same worker settings and running the code with
       no grading at all.

Times vary from machine to machine and from minute to minute, so only ratios are worth keeping, and each pair is
measured in turns. Row 2 needs nbconvert and ipykernel: `pip install nbconvert ipykernel`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "all-four.ipynb"
HOMEWORK = ("double-backward", "vector-control-flow", "detach-semantics", "sin-derivative")
"""The exercises of the example, as an instructor names them for a class; its sine needs the second run."""
CORES = 2
GRADE = (sys.executable, "-m", "grader.cli")
STAND_IN = "get_ipython = lambda: type('Shell', (), {'__getattr__': lambda *_: lambda *_: None})()"
PRELOAD = ("torch", "numpy", "matplotlib.pyplot", "torch.fx.experimental.symbolic_shapes", "torch._dynamo")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notebooks", type=int, default=200, help="size of the class (default: 200)")
    parser.add_argument("--executed", type=int, default=8, help="notebooks that nbconvert executes (default: 8)")
    parser.add_argument("--repeat", type=int, default=5, help="rounds of the single notebook (default: 5)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        row("1  grade one.ipynb / bare script", one_notebook(scratch, options.repeat), "at most 1.25")
        notebooks = make_class(scratch / "class", options.notebooks)
        graded, warm = in_turns(
            lambda: grade_class(notebooks, scratch), lambda: fork_class(notebooks), rounds=2
        )  # fmt: skip
        print(
            f"   graded {len(notebooks) / graded:.1f} notebooks a second, {len(notebooks) / warm:.1f} with no grading"
        )
        if importlib.util.find_spec("nbconvert") and importlib.util.find_spec("ipykernel"):
            executed = notebooks[: options.executed]
            seconds = nbconvert_class(executed, scratch / "executed")
            row(
                "2  class graded / nbconvert, rates", len(notebooks) / graded / (len(executed) / seconds), "at least 60"
            )
        else:
            print("2  left out: nbconvert and ipykernel are not installed")
        row("3  class graded / warm fork without grading", graded / warm, "at most 1.6")


def row(what: str, ratio: float, goal: str) -> None:
    print(f"{what:<46}{ratio:8.2f} ×   goal: {goal} ×", flush=True)


def one_notebook(scratch: Path, repeat: int) -> float:
    """Seconds of `grade` over seconds of the bare script. The reference is in the cache, as for every later student."""
    script = scratch / "bare.py"
    script.write_text(bare_code(EXAMPLE), encoding="utf-8")
    environment = {**os.environ, "MPLBACKEND": "agg"}

    def bare() -> None:
        subprocess.run([sys.executable, script], env=environment, capture_output=True, check=True)

    def graded() -> None:
        done = subprocess.run([*GRADE, EXAMPLE], capture_output=True, check=False)
        assert done.returncode in (0, 1), done.stderr.decode()

    graded()
    ratio_of = [in_turns(graded, bare, rounds=1) for _ in range(repeat)]
    return statistics.median(first for first, _ in ratio_of) / statistics.median(second for _, second in ratio_of)


def bare_code(notebook: Path) -> str:
    """The notebook's code as a script that goes on after an error, cell by cell, as grading does."""
    lines = ["import traceback", STAND_IN]
    for cell in code_cells(notebook):
        lines.append("try:")
        lines += [f"    {line}" for line in cell.split("\n")] + ["    pass"]
        lines.append("except Exception:\n    traceback.print_exc()")
    return "\n".join(lines) + "\n"


def code_cells(notebook: Path) -> list[str]:
    """The notebook's cells as plain Python, magics resolved."""
    from grader import submission

    return [cell.code for cell in submission.load(str(notebook)).cells]


def make_class(folder: Path, count: int) -> list[Path]:
    """Notebooks that differ in a number, as a class's would in much more."""
    folder.mkdir()
    text = EXAMPLE.read_text(encoding="utf-8")
    made = []
    for number in range(count):
        content = json.loads(text)
        content["cells"].append(
            {"cell_type": "code", "id": f"n{number}", "metadata": {}, "source": f"student = {number}", "outputs": [],
             "execution_count": None}
        )  # fmt: skip
        path = folder / f"student{number:05}.ipynb"
        path.write_text(json.dumps(content), encoding="utf-8")
        made.append(path)
    return made


def grade_class(notebooks: Sequence[Path], scratch: Path) -> float:
    """Seconds to grade them all, by as many `grade` as there are cores, start-up and all."""

    asked = [word for exercise in HOMEWORK for word in ("--exercise", exercise)]

    def share(number: int) -> None:
        output = scratch / f"results{number}.json"
        done = subprocess.run(
            [*GRADE, *notebooks[number::CORES], *asked, "--format", "json", "--output", output],
            capture_output=True,
            check=False,
        )
        assert done.returncode in (0, 1), done.stderr.decode()
        assert len(json.loads(output.read_text())) == len(notebooks[number::CORES])

    return timed(lambda: side_by_side(share))


def fork_class(notebooks: Sequence[Path]) -> float:
    """Seconds to run them all in forks of a warm interpreter, with the worker's settings and nothing recorded."""
    from grader.sandbox.target import environment, find_target

    codes = [code_cells(notebook) for notebook in notebooks]

    def share(number: int) -> None:
        subprocess.run(
            [sys.executable, "-c", WARM], input=json.dumps(codes[number::CORES]).encode(), check=True,
            env=environment(find_target(None), tempfile.gettempdir()), capture_output=True,
        )  # fmt: skip

    return timed(lambda: side_by_side(share))


WARM = f"""
import json, os, sys, gc
for name in {PRELOAD!r}:
    __import__(name)
import torch
torch.set_num_threads(1)
gc.freeze()
for cells in json.load(sys.stdin):
    child = os.fork()
    if not child:
        sys.stdout = sys.stderr = open(os.devnull, "w")
        namespace = {{"__name__": "__main__"}}
        exec({STAND_IN!r}, namespace)
        for cell in cells:
            try:
                exec(compile(cell, "cell", "exec"), namespace)
            except Exception:
                pass
        os._exit(0)
    os.waitpid(child, 0)
"""


def nbconvert_class(notebooks: Sequence[Path], folder: Path) -> float:
    """Seconds to execute them all, two at a time."""
    folder.mkdir()
    for notebook in notebooks:
        shutil.copy(notebook, folder)

    def share(number: int) -> None:
        for notebook in sorted(folder.glob("*.ipynb"))[number::CORES]:
            subprocess.run(
                [sys.executable, "-m", "jupyter", "nbconvert", "--execute", "--allow-errors", "--to", "notebook",
                 "--inplace", notebook],
                capture_output=True, check=True,
            )  # fmt: skip

    return timed(lambda: side_by_side(share))


def side_by_side(share: Callable[[int], None]) -> None:
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(share, range(CORES)))


def in_turns(first: Callable[[], object], second: Callable[[], object], *, rounds: int) -> tuple[float, float]:
    """Median seconds of two things, each round one after the other."""
    times = [(timed(first), timed(second)) for _ in range(rounds)]
    return statistics.median(one for one, _ in times), statistics.median(two for _, two in times)


def timed(thing: Callable[[], object]) -> float:
    began = time.perf_counter()
    thing()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
