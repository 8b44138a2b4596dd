"""Reports of a class: what they cost against grading it, and how fast the page of a large class is in a browser.

    python benchmarks/reports.py [--notebooks 200] [--students 1000] [--rounds 5]

Row 8: the page of the class, JUnit XML of all hand-ins and a page of feedback for each student, start-up and all,
       against `grade batch` of the same class: processor time, of one run.
Row 9: bytes of the page of a class of `--students`, and the time from a click on a column's head until the table is
       laid out in its new order, measured by the browser; likewise of a filter, and of opening the page.

Row 9 needs playwright and Chromium.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from batch import grade_class
from common import GRADE, ROOT, make_class, row

sys.path.insert(0, str(ROOT))  # the class of the tests

SORTED = """(column) => {
  const began = performance.now();
  document.querySelectorAll("#class thead button")[column].click();
  document.body.offsetHeight;  // the browser has laid it out when this is known
  return performance.now() - began;
}"""
FILTERED = """(text) => {
  const began = performance.now(), field = document.getElementById("by-name");
  field.value = text;
  field.dispatchEvent(new Event("input", {bubbles: true}));
  document.body.offsetHeight;
  return performance.now() - began;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notebooks", type=int, default=200, help="size of the class that is graded (default: 200)")
    parser.add_argument("--students", type=int, default=1000, help="students of row 9 (default: 1000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often row 9 sorts and filters (default: 5)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        # Without bytecode, a tree compiles its source at each start, which an installed package does not.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(name) / "bytecode")
        costs(Path(name), options.notebooks)
        page(Path(name), options.students, options.rounds)


def costs(scratch: Path, notebooks: int) -> None:
    make_class(scratch / "class", notebooks)
    book = scratch / "book.sqlite"
    grade_class(scratch / "class", notebooks, book)  # the references come into the cache
    grade("results", "--gradebook", book, "--format", f"html:{scratch / 'class.html'}")
    grade("feedback", "--gradebook", book, "--output", scratch / "once")
    graded, graded_wall = used(lambda: grade_class(scratch / "class", notebooks, book))
    formats = (f"html:{scratch / 'class.html'}", f"junit:{scratch / 'class.xml'}")
    asked = [word for each in formats for word in ("--format", each)]
    class_cost, class_wall = used(lambda: grade("results", "--gradebook", book, *asked))
    feedback_cost, feedback_wall = used(
        lambda: grade("feedback", "--gradebook", book, "--output", scratch / "feedback")
    )
    print(
        f"   graded in {graded:.1f} s of processor time ({graded_wall:.1f} s); page and JUnit XML of the class "
        f"{class_cost:.1f} s ({class_wall:.1f} s), feedback for all {feedback_cost:.1f} s ({feedback_wall:.1f} s)"
    )
    sizes = sorted(path.stat().st_size for path in (scratch / "feedback").rglob("*") if path.is_file())
    print(f"   {len(sizes)} pages of feedback, the largest of {sizes[-1] / 1000:.0f} kB")
    row("8  reports of a class / grading it, processor time", (class_cost + feedback_cost) / graded, "at most 0.1 ×")


def grade(*words: object) -> None:
    subprocess.run([*GRADE, *map(str, words)], capture_output=True, check=True)


def used(thing: Callable[[], object]) -> tuple[float, float]:
    """Seconds of processor time that a program and its descendants took, and seconds by the clock."""
    tree = ProcessTree()
    began = time.perf_counter()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(thing)
        while not running.done():
            tree.look()
            time.sleep(0.05)
        running.result()
    return tree.processor_time(), time.perf_counter() - began


class ProcessTree:
    """The processor time of all descendants of this process, looked up while they run.

    What the system adds up for a process are the children that it waited for, and nobody waits for the processes that
    run submissions: they end with their namespace. What a process took after it was last looked at is not known, so the
    time is a lower bound.
    """

    def __init__(self) -> None:
        self._own: dict[int, float] = {}
        self._waited_for: dict[int, float] = {}
        self._parent: dict[int, int] = {}

    def look(self) -> None:
        parents = {}
        times = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:  # it has ended
                continue
            process = int(path.parent.name)
            parents[process] = int(fields[1])
            times[process] = [int(each) / os.sysconf("SC_CLK_TCK") for each in fields[11:15]]
        for process in parents:
            if process != os.getpid() and self._is_descendant(process, parents):
                self._parent.setdefault(process, parents[process])
                self._own[process] = sum(times[process][:2])
                self._waited_for[process] = sum(times[process][2:])

    def processor_time(self) -> float:
        children: dict[int, list[int]] = {}
        for process, parent in self._parent.items():
            children.setdefault(parent, []).append(process)

        def total(process: int) -> float:
            seen = sum(map(total, children.get(process, ())))
            return self._own[process] + max(self._waited_for[process], seen)

        return sum(map(total, children.get(os.getpid(), ())))

    def _is_descendant(self, process: int, parents: dict[int, int]) -> bool:
        while process in parents:
            if process == os.getpid() or process in self._parent:
                return True
            process = parents[process]
        return False


def page(scratch: Path, students: int, rounds: int) -> None:
    from grader.report.html.class_page import render
    from tests.helpers.large_class import large_class, reports_of

    results = large_class(students)
    file = scratch / "large.html"
    began = time.perf_counter()
    file.write_text(render(results, reports_of(results), names=True), encoding="utf-8")
    print(f"   the page of {students:,} students was made in {time.perf_counter() - began:.1f} s")
    row(f"9  page of {students:,} students, with names", file.stat().st_size / 1e6, "under 2 MB", "MB")
    program = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if program is None:
        print("9  the browser is left out: playwright or Chromium is not installed")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": 1280, "height": 900})
        shown.goto(file.as_uri())
        opened = shown.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
        times = {
            "sorted": [shown.evaluate(SORTED, number % 4) for number in range(rounds)],
            "filtered": [shown.evaluate(FILTERED, text) for text in ("turing", "") * rounds],
        }
        browser.close()
    row("   opened, until it can be used", opened / 1000, "at once", "s")
    for what, measured in times.items():
        row(f"   {what}, until it is laid out, median", statistics.median(measured) / 1000, "at once", "s")


if __name__ == "__main__":
    main()
