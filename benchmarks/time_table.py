"""Where the time goes: milliseconds of processor time a submission, by process and phase, which add up to the total.

    python benchmarks/time_table.py [--notebooks 200] [--jobs 2] [--only all-four.ipynb]

A copy of the grader, with `phases.py` in it, grades a class as `grade batch` does. What a phase took is taken with the
clock of the process; the totals are what the kernel counted for each process, so the row "not in a phase" shows what
the phases miss. What is used before the first submission is listed apart, as milliseconds of a whole batch.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common import HOMEWORK, ROOT, make_class


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped:
    """What of a module is put into phases, see ``phases.wrap``."""

    module: str
    names: Mapping[str, str] = field(default_factory=dict)
    begins: str = ""
    counts: str = ""
    reports: str = ""


CHILD, WORKER, LANE, MAIN = "the submission's process", "worker", "lane", "main process"

WRAPPED = (
    # In the process of a submission.
    Wrapped(module="runtime/server/children", names={"_be_child": "descriptors, unpacking, leaving"}),
    Wrapped(module="runtime/server/confine", names={"confine_child": "confining it"}),
    Wrapped(
        module="runtime/execute/run",
        names={
            "_Run.__init__": "set-up of the record",
            "_Run.submission": "first run",
            "_Run.calls": "calls with hidden inputs",
            "_Run.second_run": "second run",
        },
    ),
    Wrapped(module="runtime/record/stream", names={"Stream.send": "writing the record"}),
    # In its worker.
    Wrapped(
        module="runtime/server/worker",
        names={"Server._run": "waiting, passing on the record", "Relay.pass_on": "passing on the record"},
        begins="Server._run",
        reports="Server._run",
    ),
    Wrapped(module="runtime/protocol/scratch", names={"Scratch.prepare": "folders", "Scratch.empty": "folders"}),
    # In a lane's process, which judges.
    Wrapped(
        module="classroom/batch/grade_task",
        names={"_graded": "packing the result"},
        begins="grade_task",
        counts="grade_task",
    ),
    Wrapped(module="classroom/batch/lane_process", reports="answer", names={"answer": "sending the result"}),
    Wrapped(module="submission/__init__", names={"read": "reading the submission"}),
    Wrapped(module="sandbox/encode_job", names={"encode": "packing the job"}),
    Wrapped(module="sandbox/worker_handle", names={"WorkerHandle.run": "talking to the worker"}),
    Wrapped(module="sandbox/decode_observation", names={"decode": "decoding the record"}),
    Wrapped(module="pipeline/grader", names={"Grader._subjects": "sections", "Grader.judge": "assembling"}),
    Wrapped(module="judging/judge", names={"Judge.judge": "judging", "Judge.find_evidence": "evidence"}),
    Wrapped(module="marking/build_report", names={"build_report": "marking"}),
    # In the main process.
    Wrapped(
        module="classroom/batch/batch",
        names={"Batch._task": "reading files, cache keys", "Batch._save": "gradebook"},
        begins="Batch._task",
        reports="Batch._save",
    ),
    Wrapped(
        module="classroom/batch/pool",
        names={"Pool._take": "results of lanes", "Pool._give": "tasks for lanes", "Pool._wait": "waiting for lanes"},
    ),
)
"""A fork's phases are those of the worker's record; the phases of a lane and of the main process are told apart by
their process."""

PICK_UP = """

_run = WorkerHandle.run

def _run_and_keep(self, *args, **kwargs):
    done = _run(self, *args, **kwargs)
    if self._process is not None:
        from grader.runtime.protocol import phases
        phases.keep_worker(self._process.last_words())
    return done

WorkerHandle.run = _run_and_keep
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notebooks", type=int, default=200, help="size of the class (default: 200)")
    parser.add_argument("--jobs", type=int, default=2, help="lanes (default: 2)")
    parser.add_argument("--only", help="make the class of this example alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        copy = instrumented_copy(scratch / "copy")
        folder = scratch / "class"
        make_class(folder, options.notebooks, only=options.only)
        grade(copy, folder, scratch / "warm", options.jobs)  # the references come into the cache
        print_table(grade(copy, folder, scratch / "timed", options.jobs), options.notebooks)


def instrumented_copy(folder: Path) -> Path:
    """A copy of the grader and its course whose functions say how long they take."""
    shutil.copytree(ROOT / "grader", folder / "grader", ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("exercises", "rubrics", "solutions", "support", "handout", "assignments"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(Path(__file__).with_name("phases.py"), folder / "grader/runtime/protocol/phases.py")
    for wrapped in WRAPPED:
        path = folder / "grader" / f"{wrapped.module}.py"
        level = "." * wrapped.module.count("/")
        phases = (
            f"{level}protocol.phases" if wrapped.module.startswith("runtime/") else "grader.runtime.protocol.phases"
        )
        settings = {"begins": wrapped.begins, "counts": wrapped.counts, "reports": wrapped.reports}
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n\nfrom {phases} import wrap\n\nwrap(globals(), {dict(wrapped.names)!r}, **{settings!r})\n")
            if wrapped.module == "sandbox/worker_handle":
                file.write(PICK_UP)
    # A module that is run as a program calls its main before the end of the file.
    program = folder / "grader/classroom/batch/lane_process.py"
    text = program.read_text(encoding="utf-8")
    start = text.index('if __name__ == "__main__":')
    end = text.index("\n\n\n", start)
    program.write_text(text[:start] + text[end:] + "\n\n" + text[start:end] + "\n", encoding="utf-8")
    return folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What the processes of a batch used: phases and totals in seconds, by kind of process."""

    start_s: Mapping[str, float]
    phases: Mapping[str, Mapping[str, float]]
    totals: Mapping[str, float]


def grade(copy: Path, folder: Path, scratch: Path, jobs: int) -> Used:
    scratch.mkdir()
    asked = [word for exercise in HOMEWORK for word in ("--exercise", exercise)]
    command = [sys.executable, "-m", "grader.cli", "batch", folder, *asked, "--jobs", str(jobs)]
    done = subprocess.run(
        [*command, "--gradebook", scratch / "grades.sqlite", "--course", copy],
        env={**os.environ, "PYTHONPATH": str(copy), "GRADER_PHASES": str(scratch)},
        cwd=scratch,
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr.decode()
    found = {path.name: json.loads(path.read_text("utf-8").rstrip("\0")) for path in scratch.glob("*.json")}
    workers = [report for name, report in found.items() if name.endswith(".worker.json")]
    others = [report for name, report in found.items() if not name.endswith(".worker.json")]
    lanes = [report for report in others if report["count"]]
    mains = [report for report in others if not report["count"]]
    assert len(mains) == 1, sorted(found)
    return Used(
        start_s={MAIN: start_of(mains), LANE: start_of(lanes), WORKER: start_of(workers)},
        phases={
            CHILD: sum_of(report["forked"] for report in workers),
            WORKER: sum_of(report["own"] for report in workers),
            LANE: sum_of(report["own"] for report in lanes),
            MAIN: sum_of(report["own"] for report in mains),
        },
        totals={
            CHILD: sum(report["forked_total_s"] for report in workers),
            WORKER: sum(report["total_s"] for report in workers),
            LANE: sum(report["total_s"] for report in lanes),
            MAIN: sum(report["total_s"] for report in mains),
        },
    )


def start_of(reports: Sequence[Mapping[str, Any]]) -> float:
    """What they used before the first submission. What they were forked of counts once."""
    inherited_s = max((report["inherited_s"] for report in reports), default=0.0)
    return float(inherited_s + sum(report["start_s"] for report in reports))


def sum_of(reports: Iterable[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for report in reports:
        for name, seconds in report.items():
            total[name] = total.get(name, 0.0) + seconds
    return total


def print_table(used: Used, count: int) -> None:
    print("| milliseconds of processor time a submission | |\n|---|---:|")
    for kind, phases in used.phases.items():
        total = 1000 * used.totals[kind] / count
        print(f"| **{kind}** | **{total:.2f}** |")
        rest = total
        for name, seconds in sorted(phases.items(), key=lambda item: -item[1]):
            milliseconds = 1000 * seconds / count
            if milliseconds >= 0.005 and name != "other":
                rest -= milliseconds
                print(f"| … {name} | {milliseconds:.2f} |")
        print(f"| … {'beginning and end of the process' if kind == CHILD else 'not in a phase'} | {rest:.2f} |")
    print(f"| **sum** | **{1000 * sum(used.totals.values()) / count:.2f}** |")
    starts = ", ".join(f"{kind} {1000 * seconds:.0f}" for kind, seconds in used.start_s.items())
    print(f"\nBefore the first submission, for the whole batch, in ms: {starts}.")


if __name__ == "__main__":
    main()
