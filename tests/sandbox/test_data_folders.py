"""The data of an assignment where submissions run: what is there at every isolation level, and what stays as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.model import CompanionFile, Figure, Level, Outcome, Output, Probes, UncaughtError
from grader.sandbox import bubblewrap, seccomp
from grader.sandbox.preload import FIGURES, TORCH
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.worker_handle import WorkerHandle
from tests.helpers.observing import Observer, events, only, values

HW1, HW2 = "data/hw1", "data/hw2"


def printed(observation: object) -> str:
    return "".join(event.text for event in observation.events if isinstance(event, Output))  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with the data of two assignments, and a secret that a link in the data leads to."""
    root = tmp_path_factory.mktemp("course")
    for folder in (root, *root.parents[:2]):
        folder.chmod(0o755)  # the worker is another user
    for name, text in ((HW1, "old"), (HW2, "1 2 3")):
        (root / name / "images").mkdir(parents=True)
        (root / name / "points.csv").write_text(f"{text}\n")
        (root / name / "images" / "one.txt").write_text(f"{name}\n")
    (root / HW1 / "only.txt").write_text("hw1\n")
    (root / HW2 / "helper.py").write_text("SCALE = 3\n")
    (root / "solutions").mkdir()
    (root / "solutions" / "one.py").write_text("secret = 42\n")
    (root / HW2 / "link.py").symlink_to(root / "solutions" / "one.py")
    return root


def observer(course: Path, level: Level, *, forks: bool = True) -> Iterator[Observer]:
    def start() -> WorkerHandle:
        worker = WorkerHandle.start(level=level, data={name: course / name for name in (HW1, HW2)}, forks=forks)
        worker.configure((*TORCH, *FIGURES))  # a run that imports matplotlib itself may take too long to be made twice
        return worker

    sandbox = Sandbox(start(), start)
    yield Observer(sandbox)
    sandbox.close()


@pytest.fixture(scope="module")
def strict(course: Path) -> Iterator[Observer]:
    if bubblewrap.diagnose() is not None or seccomp.diagnose() is not None:
        pytest.skip("this machine has no namespaces or no seccomp")
    yield from observer(course, Level.STRICT)


@pytest.fixture(scope="module")
def reduced(course: Path) -> Iterator[Observer]:
    if seccomp.diagnose() is not None:
        pytest.skip("this machine has no seccomp")
    yield from observer(course, Level.REDUCED)


@pytest.fixture(scope="module")
def plain(course: Path) -> Iterator[Observer]:
    yield from observer(course, Level.NONE)


@pytest.fixture(params=["strict", "reduced", "plain"])
def here(request: pytest.FixtureRequest) -> Observer:
    found: Observer = request.getfixturevalue(request.param)
    return found


def state(course: Path) -> dict[str, object]:
    """Everything about the course's files that a submission could change."""
    found: dict[str, object] = {}
    for path in sorted(course.rglob("*")):
        about = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        found[str(path)] = (content, about.st_mode, about.st_mtime_ns, about.st_uid, about.st_nlink)
    return found


READ = """
print(open("points.csv").read(), open("data/hw2/points.csv").read(), open("images/one.txt").read())
import os
print(sorted(os.listdir("data/hw2")), os.path.exists("only.txt"))
"""

CHANGES = """
import os, shutil
def attempt(action, *arguments):
    try:
        action(*arguments)
    except OSError as error:
        print("refused")
    else:
        print("DONE", action, arguments)
attempt(open, "points.csv", "w")
attempt(open, "data/hw2/points.csv", "a")
attempt(open, "images/new.txt", "x")
attempt(os.open, "points.csv", os.O_RDWR)
attempt(os.truncate, "points.csv", 0)
attempt(os.chmod, "points.csv", 0o777)
attempt(os.utime, "points.csv", (0, 0))
attempt(os.remove, "data/hw2/points.csv")
attempt(os.rename, "data/hw2/points.csv", "mine")
attempt(os.rename, "images/one.txt", "images/two.txt")
attempt(os.mkdir, "data/hw2/new")
attempt(os.rmdir, "data/hw2/images")
attempt(os.symlink, "/", "data/hw2/new")
attempt(os.link, "data/hw2/points.csv", "mine")
attempt(shutil.copyfile, __file__, "points.csv")
"""


class TestReading:
    def test_it_lies_in_the_folder_and_under_its_own_path(self, here: Observer) -> None:
        assert printed(here(READ, data=(HW2,))).split() == [
            *["1", "2", "3", "1", "2", "3", "data/hw2"],
            *["['helper.py',", "'images',", "'link.py',", "'points.csv']", "False"],
        ]

    def test_without_data_there_is_none(self, here: Observer) -> None:
        assert printed(here("import os\nprint(os.listdir())")) == "['homework.py']\n"

    def test_of_two_folders_the_first_has_its_names(self, here: Observer) -> None:
        code = """
            print(open("points.csv").read(), open("only.txt").read(), open("data/hw1/points.csv").read())
        """
        assert printed(here(code, data=(HW2, HW1))).split() == ["1", "2", "3", "hw1", "old"]

    def test_a_module_in_it_can_be_imported(self, here: Observer) -> None:
        assert printed(here("import helper\nprint(helper.SCALE)", data=(HW2,))) == "3\n"

    def test_it_lies_where_a_submission_runs_in_a_folder_of_its_hand_in(self, here: Observer) -> None:
        files = (CompanionFile("part/points.csv", b"own"), CompanionFile("points.csv", b"above"))
        code = "print(open('points.csv').read(), open('../points.csv').read())"
        assert printed(here(code, data=(HW2,), files=files, folder="part")).split() == ["1", "2", "3", "above"]

    def test_the_students_own_files_do_not_take_its_place(self, here: Observer, course: Path) -> None:
        before = state(course)
        files = tuple(
            CompanionFile(name, b"own") for name in ("points.csv", "images/one.txt", "data/hw2/new", "data/own.txt")
        )
        code = """
            import os
            print(open("points.csv").read(), open("images/one.txt").read(), open("data/own.txt").read())
            print(os.path.exists("data/hw2/new"))
        """
        assert printed(here(code, data=(HW2,), files=files)).split() == ["1", "2", "3", "data/hw2", "own", "False"]
        assert state(course) == before

    def test_nor_does_data_take_the_place_of_the_submission(self, here: Observer, course: Path) -> None:
        (course / HW2 / "homework.py").write_text("print('data')\n")
        try:
            assert printed(here("print(open(__file__).read())", data=(HW2,))) == "print(open(__file__).read())\n"
        finally:
            (course / HW2 / "homework.py").unlink()

    @pytest.mark.parametrize("isolation", ["strict", "reduced"])
    def test_a_link_in_it_leads_nowhere_else(self, isolation: str, request: pytest.FixtureRequest) -> None:
        observe = request.getfixturevalue(isolation)
        assert only(observe("open('link.py').read()", data=(HW2,)), UncaughtError).error.type in (
            "FileNotFoundError",
            "PermissionError",
        )

    def test_the_second_run_has_it_too(self, here: Observer) -> None:
        code = """
            import torch, matplotlib.pyplot as plt
            points = [float(word) for word in open("points.csv").read().split()]
            open("left.txt", "w").write("from the first run")
            x = torch.tensor(points, requires_grad=True)
            (x ** 2).sum().backward()
            plt.plot(points, x.grad)
        """
        observation = here(code, data=(HW2,), probes=Probes(second_run=True))
        assert observation.outcome is Outcome.COMPLETED
        assert observation.second_run_figures is not None
        (figure,) = observation.second_run_figures
        assert values(figure.curves[0].y) != values(only(observation, Figure).curves[0].y)


class TestChanging:
    def test_every_change_fails_with_an_ordinary_error(self, here: Observer, course: Path) -> None:
        before = state(course)
        said = printed(here(CHANGES, data=(HW2,))).split("\n")[:-1]
        assert said == ["refused"] * 15
        assert state(course) == before
        assert printed(here(READ, data=(HW2,))).startswith("1 2 3")

    def test_the_links_are_the_submissions_own_and_gone_afterwards(self, here: Observer, course: Path) -> None:
        before = state(course)
        code = """
            import os
            os.remove("points.csv")
            open("points.csv", "w").write("own")
            os.rename("images", "pictures")
            os.makedirs("deep/er")
            os.symlink(os.path.realpath("data/hw2"), "deep/er/link")
            print(open("points.csv").read(), os.listdir("pictures"))
        """
        assert printed(here(code, data=(HW2,))) == "own ['one.txt']\n"
        assert state(course) == before
        assert printed(here("import os\nprint(sorted(os.listdir()))", data=(HW2,))) == (
            "['data', 'helper.py', 'homework.py', 'images', 'link.py', 'points.csv']\n"
        )

    def test_a_folder_that_is_emptied_for_the_second_run_leaves_what_its_links_lead_to(
        self, here: Observer, course: Path
    ) -> None:
        before = state(course)
        code = """
            import os, torch, matplotlib.pyplot as plt
            x = torch.arange(3.0, requires_grad=True)
            (x ** 2).sum().backward()
            plt.plot([0, 1, 2], x.grad)
            try:
                os.chmod(".", 0o500)  # now links cannot be removed
            except OSError:
                pass
        """
        here(code, data=(HW2,), probes=Probes(second_run=True))
        assert state(course) == before

    def test_an_interpreter_for_each_submission_has_it_too(self, course: Path) -> None:
        before = state(course)
        for observe in observer(course, Level.NONE, forks=False):
            said = printed(observe(READ + CHANGES, data=(HW2,)))  # in one, since it imports torch for each
            assert said.startswith("1 2 3")
            assert "refused" in said
            assert "DONE" not in said
        assert state(course) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's worker is another user")
def test_all_levels_keep_their_user(strict: Observer) -> None:
    assert "unprivileged user" in strict.sandbox.isolation.mechanisms
    assert events(strict("open('points.csv').close()", data=(HW2,)), UncaughtError) == []
