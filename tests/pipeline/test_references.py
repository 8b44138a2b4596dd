"""The references: which are judged, what is kept of them, what makes it stale, and what is said of those that fail."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from grader import submission
from grader.course.course import load_course
from grader.course.named_courses import builtin_course
from grader.errors import ReferenceError, SandboxError
from grader.judging.judge import Judge
from grader.model import Isolation, Job, Limits, Outcome
from grader.pipeline import cache_keys
from grader.pipeline.broken_reference import BrokenReference, error_of
from grader.pipeline.references import References, ReferenceStore
from grader.pipeline.settings import Settings
from grader.sandbox.sandbox import Run, Sandbox
from grader.submission.fingerprints import Handout

SLOW_DOWN = "import time\ntime.sleep(0.6)\n"


class Counting:
    """A sandbox that counts the runs that go through it."""

    def __init__(self, sandbox: Sandbox, support: Sequence[Path]) -> None:
        self._sandbox = sandbox
        self.support = support
        self.runs = 0
        self.isolation: Isolation = sandbox.isolation
        self.versions = sandbox.versions

    def run(self, job: Job, *, within_s: float | None = None) -> Run:
        self.runs += 1
        return self._sandbox.run(job, within_s=within_s)


class Bench:
    """A course of one exercise, a cache, and references that share both."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._sandbox = sandbox
        self.cache = folder / "cache"
        self.course = folder / "course"
        for name in ("exercises", "rubrics", "solutions"):
            (self.course / name).mkdir(parents=True)
            for path in (builtin_course() / name).glob("double-backward.*"):
                shutil.copy(path, self.course / name)

    @property
    def solution(self) -> Path:
        return self.course / "solutions" / "double-backward.py"

    def references(
        self, *, seed: int = 0, wall_s: float = 20.0, handout: Handout | None = None
    ) -> tuple[References, Counting]:
        course = load_course(self.course)
        counting = Counting(self._sandbox, course.support)
        settings = Settings(
            exercises=course.exercises,
            basis="exercises",
            seed=seed,
            limits=Limits(wall_s=wall_s),
            handout=handout or course.handout,
        )
        judges = {
            item.exercise.id: Judge(item.exercise.id, item.exercise.checks, seed=seed) for item in course.exercises
        }
        store = ReferenceStore(self.cache)
        return References(counting, settings, judges, store), counting  # type: ignore[arg-type]  # a stand-in

    def runs(self, *, seed: int = 0, wall_s: float = 20.0, handout: Handout | None = None) -> int:
        """How often something is run until the reference is judged and observed."""
        references, counting = self.references(seed=seed, wall_s=wall_s, handout=handout)
        assert references.find_broken() == {}
        (item,) = load_course(self.course).exercises
        observed = references.observe(item)
        assert observed.observation.events
        assert references.observe(item) is observed
        return counting.runs

    def find_broken(self, code: str, **options: float) -> Mapping[str, BrokenReference]:
        """What is found where the solution has this code."""
        self.solution.write_text(code, "utf-8")
        return self.references(wall_s=options.get("wall_s", 20.0))[0].find_broken()


@pytest.fixture
def bench(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.chdir(tmp_path)
    return Bench(sandbox, tmp_path)


class TestKeeping:
    def test_a_reference_is_run_once_and_then_read(self, bench: Bench) -> None:
        assert [bench.runs(), bench.runs()] == [1, 0]

    def test_a_kept_reference_is_decoded_only_where_it_is_looked_at(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench.runs()

        def refuse(stream: bytes) -> None:
            raise AssertionError("it was decoded")

        monkeypatch.setattr("grader.pipeline.references.decode_stream", refuse)
        references, counting = bench.references()
        assert references.find_broken() == {}
        assert counting.runs == 0
        with pytest.raises(AssertionError, match="it was decoded"):
            references.observe(load_course(bench.course).exercises[0])

    def test_another_helper_module_is_another_run(self, bench: Bench) -> None:
        helper = bench.course / "support" / "draw" / "lines.py"
        counts = [bench.runs()]
        helper.parent.mkdir(parents=True)
        for text in ("x = 1\n", "x = 1\n", "x = 2\n"):
            helper.write_text(text)
            counts.append(bench.runs())
        assert counts == [1, 1, 0, 1]

    def test_what_python_leaves_beside_a_helper_module_does_not_matter(self, bench: Bench) -> None:
        cached = bench.course / "support" / "__pycache__"
        cached.mkdir(parents=True)
        counts = [bench.runs()]
        (cached / "draw.cpython-311.pyc").write_bytes(b"1")
        assert [*counts, bench.runs()] == [1, 0]

    def test_another_solution_is_another_run(self, bench: Bench) -> None:
        bench.runs()
        bench.solution.write_text(bench.solution.read_text("utf-8") + "\n# mended\n", encoding="utf-8")
        assert bench.runs() == 1

    def test_a_module_beside_the_solution_counts_where_it_is_used_also_by_another_module(self, bench: Bench) -> None:
        folder = bench.solution.parent
        (folder / "first.py").write_text("import second\n")
        (folder / "second.py").write_text("x = 1\n")
        (folder / "third.py").write_text("x = 1\n")
        bench.solution.write_text("import first\n" + bench.solution.read_text("utf-8"), encoding="utf-8")
        counts = [bench.runs(), bench.runs()]
        (folder / "third.py").write_text("x = 2\n")
        counts.append(bench.runs())
        (folder / "second.py").write_text("x = 2\n")
        counts.append(bench.runs())
        assert counts == [1, 0, 0, 1]

    @pytest.mark.parametrize(
        "reads", ["open('my points.csv')", "import glob; glob.glob('*.csv')", "name = 'points'; open(f'my {name}.csv')"]
    )
    def test_so_does_a_file_that_it_reads(self, bench: Bench, reads: str) -> None:
        data = bench.solution.parent / "my points.csv"
        data.write_text("1\n")
        (data.parent / "my points.txt").write_text("1\n")
        bench.solution.write_text(f"{bench.solution.read_text('utf-8')}\n{reads}\n", encoding="utf-8")
        counts = [bench.runs(), bench.runs()]
        data.write_text("2\n")
        assert [*counts, bench.runs()] == [1, 0, 1]

    def test_another_exercise_seed_or_limit_is_another_run(self, bench: Bench) -> None:
        bench.runs()
        assert bench.runs(seed=1) == 1
        assert bench.runs(wall_s=10.0) == 1
        path = bench.course / "exercises" / "double-backward.yaml"
        path.write_text(path.read_text("utf-8").replace("passes >= 2", "passes > 1"), encoding="utf-8")
        assert bench.runs() == 1

    def test_another_version_of_the_judge_is_another_run(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        bench.runs()
        monkeypatch.setattr(cache_keys, "of_grader", lambda: "changed")
        assert [bench.runs(), bench.runs()] == [1, 0]

    def test_a_damaged_entry_is_run_again(self, bench: Bench) -> None:
        bench.runs()
        (entry,) = bench.cache.iterdir()
        entry.write_bytes(entry.read_bytes()[:-1])
        assert [bench.runs(), bench.runs()] == [1, 0]

    def test_a_cache_that_cannot_be_written_is_done_without(self, bench: Bench) -> None:
        bench.cache.write_text("a file where the folder should be")
        assert [bench.runs(), bench.runs()] == [1, 1]

    def test_the_reference_of_a_notebook_is_a_notebook_too(self, bench: Bench) -> None:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(bench.solution.read_text("utf-8"))])
        bench.solution.unlink()
        path = bench.solution.with_suffix(".ipynb")
        nbformat.write(notebook, path)
        assert submission.load(str(path)).format == "ipynb"
        assert bench.runs() == 1


class TestBroken:
    def test_it_is_not_kept(self, bench: Bench) -> None:
        for _ in range(2):
            broken = bench.find_broken("import torch\n")
            assert broken.keys() == {"double-backward"}
        assert not bench.cache.exists()

    def test_the_line_that_raised_is_named(self, bench: Bench) -> None:
        broken = bench.find_broken("import torch\n\nx = torch.ons(3)\n")["double-backward"]
        place = "course/solutions/double-backward.py"
        first, second, *_ = broken.details.splitlines()
        assert first == f"{place}: the reference solution of `double-backward` does not pass its own exercise."
        assert second.startswith(f"  {place}:3: raised AttributeError: module 'torch' has no attribute 'ons'")
        assert broken.reason.startswith("solutions/double-backward.py:3: raised AttributeError")

    def test_the_check_that_fails_is_named_with_the_place_of_its_best_candidate(self, bench: Bench) -> None:
        code = bench.solution.read_text("utf-8")
        wrong = code.replace("retain_graph=True", "retain_graph=False")
        assert wrong != code
        details = bench.find_broken(wrong)["double-backward"].details
        lines = [line for line in details.splitlines() if "the check `" in line]
        assert lines
        assert all(line.startswith("  course/solutions/double-backward.py") for line in lines)

    def test_a_cell_of_a_notebook_is_named(self, bench: Bench) -> None:
        cells = [nbformat.v4.new_code_cell(code) for code in ("import torch", "\nmissing")]
        bench.solution.unlink()
        nbformat.write(nbformat.v4.new_notebook(cells=cells), bench.solution.with_suffix(".ipynb"))
        (broken,) = bench.references()[0].find_broken().values()
        assert broken.reason == (
            "solutions/double-backward.ipynb, cell 2 (`missing`), line 2: "
            "raised NameError: name 'missing' is not defined"
        )

    def test_one_that_cannot_be_read_is_broken_too(self, bench: Bench) -> None:
        bench.solution.rename(bench.solution.with_suffix(".ipynb"))
        (broken,) = bench.references()[0].find_broken().values()
        assert "double-backward.ipynb" in broken.reason

    def test_one_that_runs_out_of_time_is_tried_once_more_at_the_end(self, bench: Bench) -> None:
        bench.solution.write_text(SLOW_DOWN * 10)
        references, counting = bench.references(wall_s=1.0)
        (broken,) = references.find_broken(again=False).values()
        assert (broken.timed_out, counting.runs) == (True, 1)
        assert "It may run for 1 s; `limits` in the exercise, or --timeout, give it more time." in broken.details
        assert references.find_broken().keys() == {"double-backward"}
        assert counting.runs == 2
        references.find_broken()
        assert counting.runs == 2

    def test_one_that_passes_when_it_is_tried_again_is_not_broken(self, bench: Bench) -> None:
        right = bench.solution.read_text("utf-8")
        bench.solution.write_text(SLOW_DOWN * 10)
        references, _ = bench.references(wall_s=1.0)
        assert references.find_broken(again=False)
        bench.solution.write_text(right)
        assert references.find_broken() == {}

    def test_what_another_process_found_is_taken_over(self, bench: Bench) -> None:
        broken = bench.find_broken("import torch\n")
        references, counting = bench.references()
        references.assume(broken.values())
        assert references.find_broken() == broken
        assert counting.runs == 0

    def test_it_is_judged_as_if_nothing_had_been_handed_out(self, bench: Bench) -> None:
        assert bench.references(handout=_handout_of(bench.solution))[0].find_broken() == {}
        # So another handout is no other run.
        assert bench.runs() == 0

    def test_students_see_no_expected_values(self, bench: Bench) -> None:
        exercise = bench.course / "exercises" / "double-backward.yaml"
        exercise.write_text(exercise.read_text("utf-8").replace("passes >= 2", "passes >= 77"), encoding="utf-8")
        (broken,) = bench.references()[0].find_broken().values()
        assert "77" not in broken.in_report
        assert "the check `" in broken.in_report
        assert "a mistake in the course, not in the submission" in broken.in_report


class TestErrors:
    BROKEN = BrokenReference(exercise="cube", reason="cube.py:3: raised E: x", details="cube.py: …\n  cube.py:3: …")

    def test_all_are_named_at_once_with_the_way_out(self) -> None:
        other = replace(self.BROKEN, exercise="square", details="square.py: …")
        error = error_of({"cube": self.BROKEN, "square": other}, "Nobody was graded.", ", or leave them out")
        assert isinstance(error, ReferenceError)
        assert str(error) == (
            "cube.py: …\n  cube.py:3: …\nsquare.py: …\nNobody was graded. Mend these 2 reference solutions, or the "
            "exercise's checks, or leave them out."
        )

    def test_what_the_grader_did_is_no_mistake_of_the_course(self) -> None:
        fault = replace(
            self.BROKEN, by_grader=True, reason="It could not be judged.", details="It could not be judged."
        )
        assert isinstance(error_of({"cube": fault}), SandboxError)
        assert fault.in_report == "It could not be judged."


def test_a_reference_that_the_sandbox_cannot_run_is_a_fault_of_the_grader(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    references, counting = bench.references()

    def fail(job: Job, *, within_s: float | None = None) -> Run:
        run = Counting.run(counting, job, within_s=within_s)
        return replace(run, observation=replace(run.observation, outcome=Outcome.SANDBOX_ERROR, detail="it died"))

    monkeypatch.setattr(counting, "run", fail)
    (broken,) = references.find_broken().values()
    assert broken.by_grader
    assert "could not be run: it died." in broken.reason


def _handout_of(path: Path) -> Handout:
    """A handout that is the solution itself."""
    from grader.submission.fingerprints import fingerprint_of_code

    cells = submission.load(str(path)).cells
    return Handout(cells=frozenset(fingerprint_of_code(cell.code) for cell in cells))
