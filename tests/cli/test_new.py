"""`grade new`: what it writes and says, what it asks for, and that it never writes half or over something."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.cli import asked_exercise, new
from grader.cli.asked_exercise import ask_for_exercise
from grader.course.course import find_wrong_verdicts, load_course
from grader.course.named_courses import builtin_course
from grader.errors import UsageError
from grader.judging import check_kinds
from grader.judging.checks.base import Check
from grader.model import WrittenFile
from grader.workbench.new_files import NewFile, write_new
from grader.workbench.scaffolds.scaffold import KINDS
from tests.helpers.command_line import run_in_process


def grade(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return run_in_process(["new", *arguments], folder=folder, environment={})


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    assert grade(tmp_path, "--course", "cs101").returncode == 0
    return tmp_path / "cs101"


class TestAnExercise:
    def test_is_written_into_the_nearest_course_and_every_file_is_named(self, course: Path) -> None:
        before = files_of(course)
        done = grade(course / "solutions", "chain", "--kind", "backward", "--kind", "output", "--title", "A: chain")
        assert (done.returncode, done.stderr) == (0, "")
        written = files_of(course) - before
        assert written == {
            "exercises/chain.yaml",
            "rubrics/chain.yaml",
            "solutions/chain.py",
            "solutions/mistakes/chain/mean.py",
            "solutions/mistakes/chain/whole_tensor.py",
            "solutions/mistakes/chain/verdicts.yaml",
        }
        assert all(path in done.stdout for path in written)
        assert "grade validate chain" in done.stdout
        loaded = load_course(course)
        (item,) = loaded.select(["chain"])
        assert item.exercise.title == "A: chain"
        assert [check.kind for check in item.exercise.checks] == ["backward", "backward", "output"]
        assert [*item.mistakes, *find_wrong_verdicts(loaded)] == []

    def test_names_the_course_in_the_next_commands_where_it_was_named(self, tmp_path: Path, course: Path) -> None:
        done = grade(tmp_path, "chain", "--kind", "value", "--course", "cs101")
        assert "$ grade validate chain --course cs101" in done.stdout
        assert "$ grade observe cs101/solutions/chain.py --try cs101/exercises/chain.yaml" in done.stdout

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["first-exercise", "--kind", "value"], "has exercises/first-exercise.yaml, rubrics/first-exercise.yaml"),
            (["x", "--kind", "valu"], "There is no kind of check `valu`; did you mean `value`?"),
            (["x", "--kind", "value", "--kind", "value"], "The kind `value` is named twice."),
            (["../x", "--kind", "value"], "`../x` cannot be the id of an exercise"),
            (["x"], "Name a kind, since nobody can be asked here"),
            ([], "Name an id and a kind, since nobody can be asked here"),
            (["x", "--kind", "value", "--from", "y"], "give --kind (a new exercise) or --from (a copy), not both"),
            (["--from", "detach-semantics"], "say what the copy is called"),
            (["x", "--from", "detach-semantic"], "The course built-in has no exercise `detach-semantic`; did you mean"),
            (["x", "--kind", "value", "--from-course", "."], "--from-course says where --from takes its exercise"),
            (["x", "--kind", "value", "--extends", "built-in"], "--extends is for a new course"),
            (["--course", "."], "Name an id and a kind"),
            (["x", "--kind", "value", "--course", "none"], "none is no course. `grade new --course none` starts one"),
        ],
    )
    def test_that_cannot_be_written_is_refused_and_nothing_is_written(
        self, course: Path, arguments: list[str], says: str
    ) -> None:
        before = files_of(course)
        done = grade(course, *arguments)
        assert done.returncode == 2
        assert says in done.stderr
        assert files_of(course) == before

    def test_is_not_written_into_what_was_exported_of_a_course(self, course: Path) -> None:
        (course / "solutions").rename(course / "references")
        done = grade(course, "x", "--kind", "value")
        assert done.returncode == 2
        assert "is what was exported of a course, without solutions" in done.stderr

    def test_needs_a_course(self, tmp_path: Path) -> None:
        done = grade(tmp_path, "x", "--kind", "value")
        assert done.returncode == 2
        assert "There is no course in" in done.stderr
        assert "`grade new --course DIR`" in done.stderr
        assert files_of(tmp_path) == set()

    @pytest.fixture
    def leaf_count(self, monkeypatch: pytest.MonkeyPatch) -> type[Check]:
        """The kind of the example of a plugin, as if it were installed."""
        monkeypatch.syspath_prepend(builtin_course() / "examples" / "check-plugin")
        from leaf_count import LeafCountCheck  # type: ignore[import-not-found, unused-ignore]

        model: type[Check] = LeafCountCheck
        monkeypatch.setattr(check_kinds, "kinds", lambda: {**check_kinds.built_in(), "leaf-count": model})
        return model

    def test_of_a_kind_of_a_plugin_that_brings_a_scaffold_is_written_by_it(
        self, course: Path, leaf_count: type[Check], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pieces = {
            "scaffold.yaml": "looks-at: leaves\ntitle: Two leaves\n"
            "known: {name: one.py, about: One leaf., verdicts: {both: failed}}\n",
            "statement.md": "Reach two leaves.\n",
            "checks.yaml": "- {id: both, kind: leaf-count, count: 2}\n",
            "rubric.yaml": "both: {points: 1}\n",
            "reference.py.template": "import torch\n\nprint(2)\n",
            "known.py.template": "import torch\n\nprint(1)\n",
        }
        folder = tmp_path / "pieces"
        folder.mkdir()
        for name, text in pieces.items():
            (folder / name).write_text(text, encoding="utf-8")
        monkeypatch.setattr(leaf_count, "SCAFFOLD", str(folder))
        done = grade(course, "leaves", "--kind", "leaf-count")
        assert (done.returncode, done.stderr) == (0, "")
        loaded = load_course(course)
        (item,) = loaded.select(["leaves"])
        assert item.exercise.title == "Two leaves"
        assert [*item.mistakes, *find_wrong_verdicts(loaded)] == []
        assert (course / "solutions" / "mistakes" / "leaves" / "one.py").read_text("utf-8").endswith("print(1)\n")

        (folder / "rubric.yaml").unlink()
        done = grade(course, "leafless", "--kind", "leaf-count")
        assert done.returncode == 2
        assert "rubric.yaml of a scaffold cannot be read" in done.stderr

    def test_of_another_kind_of_a_plugin_has_its_fields(
        self, course: Path, leaf_count: type[Check], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(leaf_count, "SCAFFOLD", None)
        done = grade(course, "leaves", "--kind", "leaf-count")
        assert done.returncode == 0
        assert "Only its author knows what passes a check of kind `leaf-count`" in done.stdout
        (item,) = load_course(course).select(["leaves"])
        assert item.mistakes == ()
        text = (course / "exercises" / "leaves.yaml").read_text("utf-8")
        assert "    # How many leaves the pass has to reach.\n    count: 1\n" in text
        assert not (course / "solutions" / "mistakes" / "leaves").exists()

    def test_of_a_kind_of_the_courses_own_needs_that_it_is_trusted(self, tmp_path: Path, course: Path) -> None:
        lines = (builtin_course() / "examples" / "check-plugin" / "leaf_count.py").read_text("utf-8").splitlines()
        text = "\n".join(line for line in lines if "SCAFFOLD" not in line)
        (course / "checks.py").write_text(text, encoding="utf-8")
        done = grade(tmp_path, "leaves", "--kind", "leaf-count", "--course", course)
        assert done.returncode == 2
        assert "There is no kind of check `leaf-count`" in done.stderr
        assert "--trust-checks" in done.stderr

        done = grade(tmp_path, "leaves", "--kind", "leaf-count", "--course", course, "--trust-checks", course)
        assert (done.returncode, done.stderr) == (0, "")
        assert "kind: leaf-count" in (course / "exercises" / "leaves.yaml").read_text("utf-8")


class TestACopy:
    def test_has_all_files_under_its_own_id(self, course: Path) -> None:
        done = grade(course, "my-detach", "--from", "detach-semantics", "--title", "Cut off")
        assert (done.returncode, done.stderr) == (0, "")
        original = builtin_course() / "solutions" / "mistakes" / "detach-semantics"
        copy = course / "solutions" / "mistakes" / "my-detach"
        assert files_of(copy) == {name for name in files_of(original) if not name.startswith("__pycache__")}
        loaded = load_course(course)
        (item,) = loaded.select(["my-detach"])
        assert item.exercise.title == "Cut off"
        assert [*item.mistakes, *find_wrong_verdicts(loaded)] == []
        for folder in ("exercises", "rubrics"):
            assert "detach-semantics" not in (course / folder / "my-detach.yaml").read_text("utf-8")

    def test_has_data_and_helper_modules_and_names_itself_where_the_original_did(self, tmp_path: Path) -> None:
        source, target = tmp_path / "source", tmp_path / "target"
        contents = {
            "exercises/old.yaml": "id: old # see rubrics/old.yaml and older\ntitle: Old\nstatement: An old one.\n"
            "checks:\n  - id: old\n    kind: function\n    function: f\n    expect: {output: x}\n"
            "    arguments: {x: {file: ages.csv}, g: {function: support.bowl}}\n",
            "exercises/data/ages.csv": "1\n2\n",
            "rubrics/old.yaml": "exercise: old\nchecks:\n  old: {points: 1}\n",
            "solutions/old.py": "# %% [markdown]\n# # old\n# an old one\nimport bowl\nimport tools.more\n",
            "handout/starters/old.py": "import torch\n",
            "support/bowl.py": "import deeper\n\n\ndef bowl(x):\n    return x\n",
            "support/deeper.py": "",
            "support/tools/more.py": "",
            "support/unused.py": "",
        }
        write_new(
            source,
            [NewFile(file=WrittenFile(path=path, about=""), content=text.encode()) for path, text in contents.items()],
        )
        assert grade(tmp_path, "--course", "target").returncode == 0
        done = grade(target, "new-one", "--from", "old", "--from-course", source)
        assert (done.returncode, done.stderr) == (0, "")
        assert files_of(target / "support") == {"bowl.py", "deeper.py", "tools/more.py"}
        assert files_of(target / "exercises" / "data") == {"ages.csv"}
        assert files_of(target / "handout") == {"starters/new-one.py"}
        text = (target / "exercises" / "new-one.yaml").read_text("utf-8")
        assert text.startswith("id: new-one # see rubrics/new-one.yaml and older\n")
        assert "  - id: old\n" in text
        solution = (target / "solutions" / "new-one.py").read_text("utf-8")
        assert solution.startswith("# %% [markdown]\n# # new-one\n# an old one\n")

        (target / "support" / "bowl.py").write_text("def bowl(x): return -x\n", encoding="utf-8")
        before = files_of(target)
        done = grade(target, "newer", "--from", "old", "--from-course", source)
        assert done.returncode == 2
        assert "needs support/bowl.py of its course" in done.stderr
        assert files_of(target) == before


class TestACourse:
    def test_names_all_its_files(self, tmp_path: Path) -> None:
        done = grade(tmp_path, "--course", "cs101", "--title", "Autograd 101", "--kind", "value")
        assert done.returncode == 0
        assert all(path in done.stdout for path in files_of(tmp_path / "cs101"))
        assert load_course(tmp_path / "cs101").settings.title == "Autograd 101"

    def test_keeps_what_a_new_repository_has_and_overwrites_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "README.md").write_text("Mine.\n", encoding="utf-8")
        done = grade(tmp_path, "--course", ".")
        assert done.returncode == 0
        assert "README.md stayed as it was." in done.stdout
        assert (tmp_path / "README.md").read_text("utf-8") == "Mine.\n"

        other = tmp_path / "other"
        (other / "assignments").mkdir(parents=True)
        (other / "assignments" / "first-sheet.yaml").touch()
        done = grade(tmp_path, "--course", "other")
        assert done.returncode == 2
        assert "there is assignments/first-sheet.yaml already" in done.stderr
        assert files_of(other) == {"assignments/first-sheet.yaml"}

    def test_may_build_on_several(self, course: Path, tmp_path: Path) -> None:
        given = ("--course", "both", "--extends", str(course), "--extends", "built-in")
        done = grade(tmp_path, *given)
        assert (done.returncode, done.stderr) == (0, "")
        settings = (tmp_path / "both" / "course.yaml").read_text("utf-8")
        assert f"extends: [{os.path.relpath(course, tmp_path / 'both')}, built-in]\n" in settings
        known = {item.exercise.id for item in load_course(tmp_path / "both").exercises}
        assert {"detach-semantics", "first-exercise"} < known
        done = grade(tmp_path, "--course", "third", "--extends", "built-in", "--extends", "built-in")
        assert done.returncode == 2
        assert "--extends built-in: it is named twice. Nothing was written." in done.stderr

    def test_may_build_on_another_one_by_its_name_or_its_folder(self, tmp_path: Path) -> None:
        done = grade(tmp_path, "--course", "own", "--extends", "built-in")
        assert (done.returncode, done.stderr) == (0, "")
        assert "detach-semantics" in {item.exercise.id for item in load_course(tmp_path / "own").exercises}
        done = grade(tmp_path / "own", "sin-derivative", "--kind", "plot")
        assert "it takes the place of the exercise `sin-derivative`" in " ".join(done.stdout.split())

        done = grade(tmp_path, "--course", "further/course", "--extends", "own")
        assert done.returncode == 0
        assert "extends: ../../own\n" in (tmp_path / "further" / "course" / "course.yaml").read_text("utf-8")
        assert load_course(tmp_path / "further" / "course").select(["sin-derivative"])

        done = grade(tmp_path, "--course", "third", "--extends", "buildin")
        assert done.returncode == 2
        assert "--extends buildin: there is no folder `buildin`" in done.stderr
        assert not (tmp_path / "third").exists()


class TestAsked:
    @pytest.fixture
    def answers(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """What is answered, one text after the other; then the input ends."""
        given: list[str] = []

        def answer(question: str) -> str:
            sys.stdout.write(question)
            if not given:
                raise EOFError
            return given.pop(0)

        monkeypatch.setattr(builtins, "input", answer)
        return given

    def test_id_kind_and_title_with_defaults(
        self, answers: list[str], course: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        answers += ["first-exercise", "", "Not an id", "chain-rule", "", ""]
        asked = ask_for_exercise(course, id=None, kinds=(), title=None)
        assert (asked.id, asked.kinds, asked.title) == ("chain-rule", (KINDS[0],), "")
        shown = capsys.readouterr().out
        assert "take another id" in shown
        assert "An exercise needs an id." in shown
        assert "`Not an id` cannot be the id" in shown
        assert "Title [The slope of x times its exponential]: " in shown
        assert all(f"  {kind} " in shown for kind in KINDS)

    def test_several_kinds_by_number_or_name_and_a_wrong_one_again(
        self, answers: list[str], course: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        answers += ["plots, 99", "6, value,6", "Two things"]
        asked = ask_for_exercise(course, id="both", kinds=(), title=None)
        assert (asked.kinds, asked.title) == (("plot", "value"), "Two things")
        assert "There is no kind `plots`; did you mean `plot`?" in capsys.readouterr().out

    def test_nothing_is_written_where_the_input_ends_or_is_interrupted(
        self, answers: list[str], course: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = files_of(course)
        monkeypatch.chdir(course)
        monkeypatch.setattr(sys, "stdin", _Terminal())
        monkeypatch.setattr(sys, "stdout", _Terminal())
        answers += ["chain-rule"]
        with pytest.raises(UsageError, match="Nothing was written"):
            new.main([])

        def interrupted(question: str) -> str:
            raise KeyboardInterrupt

        monkeypatch.setattr(asked_exercise, "_line", interrupted)
        with pytest.raises(KeyboardInterrupt):
            new.main([])
        assert files_of(course) == before


class _Terminal:
    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        pass

    def __iter__(self) -> Iterator[str]:
        return iter(())


def test_files_that_cannot_all_be_written_leave_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "b").touch()
    files = [NewFile(file=WrittenFile(path=path, about=""), content=b"") for path in ("a/1", "a/deep/2", "b/3")]
    with pytest.raises(UsageError, match="Nothing was written"):
        write_new(tmp_path, files)
    assert files_of(tmp_path) == {"b"}
    assert not (tmp_path / "a").exists()
