"""What the evidence of reports costs: time against another state of the grader, and bytes a submission.

    python benchmarks/evidence.py [--before TREE] [--rounds 30] [--many 200]

Each tree has a process with a warm worker, which grades the examples as a process of a batch does, up to what the
gradebook stores. The two take turns. Give both trees their bytecode first (``python -m compileall -q grader``).
``--many``: so many submissions of a class are graded as well, and the bytes of all are counted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from common import EXAMPLES, ROOT, make_class, row


class Graded:
    """A process that grades the files whose paths it is given, with the code of one tree."""

    def __init__(self, tree: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--serve"],
            env={**os.environ, "PYTHONPATH": str(tree)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def grade(self, path: Path) -> dict[str, float]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(path, file=self._process.stdin, flush=True)
        found: dict[str, float] = json.loads(self._process.stdout.readline())
        return found


def serve() -> None:
    from grader.classroom.batch.grade_task import grade_task
    from grader.classroom.batch.tasks import Task
    from grader.course.named_courses import builtin_course
    from grader.pipeline.open_grader import OpenGrader
    from grader.pipeline.options import GradingOptions

    with OpenGrader(GradingOptions(course=builtin_course())) as opened:
        opened.preload(["torch", "numpy", "matplotlib", "matplotlib.pyplot"])
        grader = opened.load()
        grader.find_broken_references()
        opened.settle()
        for line in sys.stdin:
            path = Path(line.rstrip("\n"))
            task = Task(key="k", name=path.name, content=path.read_bytes(), companions=())
            used, used_by_all = time.process_time(), processor_time()
            graded: Any = grade_task(task, grader, "r")
            found = {"judge": time.process_time() - used, "all": processor_time() - used_by_all}
            assert graded.status == "graded", graded.why
            sizes = {
                "evidence": len(getattr(graded, "evidence", None) or b""),
                "judged": len(graded.judged),
                "result": len(graded.report.document),
            }
            print(json.dumps(found | sizes), flush=True)


def processor_time() -> float:
    """Seconds of this process and of all that it has started, those that have ended included."""
    stats = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            name_ends = (text := (folder / "stat").read_text()).rindex(")")
            stats[int(folder.name)] = text[name_ends + 2 :].split()
    own = {os.getpid()}
    while more := {pid for pid, fields in stats.items() if int(fields[1]) in own} - own:
        own |= more
    return sum(int(ticks) for pid in own for ticks in stats[pid][11:15]) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--before", type=Path, help="a tree of the grader to compare with")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--many", type=int, default=200)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
        return
    examples = sorted(path for path in EXAMPLES.glob("*.*") if path.suffix in (".py", ".ipynb"))
    with Graded(ROOT) as now:
        if options.before is not None:
            with Graded(options.before) as before:
                compare(before, now, examples, options.rounds)
        count_bytes(now, examples, options.many)


def compare(before: Graded, now: Graded, examples: list[Path], rounds: int) -> None:
    for path in examples:
        used = {(one, kind): 0.0 for one in (before, now) for kind in ("all", "judge")}
        for number in range(rounds + 3):
            for one in (before, now) if number % 2 else (now, before):
                found = one.grade(path)
                for kind in ("all", "judge"):
                    used[one, kind] += found[kind] if number >= 3 else 0.0  # the first ones warm up
        row(f"{path.name}: processor time", used[now, "all"] / used[before, "all"], "at most 1.03")
        for one, name in ((before, "before"), (now, "now")):
            total, judge = (1000 * used[one, kind] / rounds for kind in ("all", "judge"))
            print(f"    {name:<8} {total:6.1f} ms, of that {judge:5.1f} ms in the judge's process")


def count_bytes(now: Graded, examples: list[Path], many: int) -> None:
    for path in examples:
        found = now.grade(path)
        print(f"{path.name:<30} evidence {found['evidence']:>7,} B, judged {found['judged']:>7,.0f} B", end="")
        print(f", result {found['result']:>7,.0f} B")
    with tempfile.TemporaryDirectory() as folder:
        sizes = [now.grade(path)["evidence"] for path in make_class(Path(folder) / "class", many)]
    row(f"kB of evidence of a submission, mean of {many}", statistics.mean(sizes) / 1000, "under 10", "kB")
    row("kB of evidence of a submission, the most", max(sizes) / 1000, "under 64", "kB")


if __name__ == "__main__":
    main()
