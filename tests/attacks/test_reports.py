"""Texts that want to act, in every place that a student controls, through every format that there is."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import re
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from lxml import etree, html

from grader.report.markdown_text import JOINER
from tests import report as report_tests
from tests.attacks.attack import HONEST, modules
from tests.helpers.class_in_process import SharedSandboxes
from tests.helpers.class_of import Class
from tests.helpers.command_line import capture_in_process

REPORTS = {name.partition("/")[2]: module for name, module in modules().items() if name.startswith("reports/")}
EXERCISES = ("autodiff-modes", "double-backward", "control-flow", "numpy-conversion", "sin-derivative")
FILES = ("json", "html", "junit", "markdown", "github", "sarif", "classroom")
"""The formats of reports that are written to files; those of one submission have tests of their own."""
each = pytest.mark.parametrize(("name", "module"), REPORTS.items(), ids=REPORTS)

UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
HARMLESS = set("\u200c\u200d\u00ad")
FORMULA = re.compile(r"[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Done:
    """What a command wrote, byte for byte."""

    out: bytes
    err: bytes


class Graded:
    """All hand-ins graded together, and every format of what came out; each is made once."""

    def __init__(self, folder: Path, home: Path, sandboxes: SharedSandboxes) -> None:
        self.klass = Class(folder, home)
        self.folder = folder
        self._sandboxes = sandboxes
        self._environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "COLUMNS": "80"}
        self.files = {name: module.make(folder / "class") for name, module in REPORTS.items()}
        asked = [part for exercise in EXERCISES for part in ("--exercise", exercise)]
        paths = [os.path.relpath(path, folder) for path in self.files.values()]
        self.outputs = {"batch": self.run("batch", "class", "--jobs", 1, *asked)}
        formats = [part for name in FILES for part in ("--format", f"{name}:{name}.out")]
        self.outputs["terminal"] = self.run(*paths, *asked, "--format", "terminal", *formats)
        for name in FILES:
            self.outputs[name] = Done((folder / f"{name}.out").read_bytes(), self.outputs["terminal"].err)
        self._gradescope(folder / "scope.zip")
        self.outputs["batch of a platform"] = self.run(
            "batch", "scope.zip", "--exercise", "double-backward", "--jobs", 1
        )
        mine, theirs = ("--assignment", "class"), ("--assignment", "scope")
        ways: dict[str, tuple[object, ...]] = {
            "table": (),
            "checks": ("--checks",),
            "mistakes": ("--mistakes", "--names"),
            "otter": ("--csv", "otter"),
            "nbgrader": ("--csv", "nbgrader"),
            "jsonl": ("--jsonl",),
            "documents": ("--documents", "documents"),
        }
        for name, way in ways.items():
            self.outputs[name] = self.run("results", *way, *mine)
            self.outputs[f"{name} of a platform"] = self.run("results", *way, *theirs)
        self.students = [json.loads(line) for line in self.outputs["jsonl"].out.splitlines()]
        self.outputs["mark"] = self.run("mark", "--list", *mine)
        for name in ("canvas", "moodle"):
            exported = getattr(self, f"_{name}")()
            (folder / f"{name}.csv").write_text(exported, encoding="utf-8", newline="")
            fill = ("--fill", f"{name}.csv", "--provisional")
            self.outputs[name] = self.run("results", *mine, "--csv", name, *fill)
        self.outputs["refused"] = self.run(*self._broken())

    def run(self, *arguments: object) -> Done:
        """Run ``grade``: in this process what writes or reads a gradebook, since starting it takes long."""
        if arguments[0] in ("batch", "results", "mark"):
            return self._run_here(*arguments)
        done = subprocess.run(
            [sys.executable, "-m", "grader.cli", *map(str, arguments)],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=300,
            check=False,
        )
        assert b"Traceback (most recent call last):\n  File" not in done.stderr, done.stderr.decode()
        assert b"error of the grader itself" not in done.stderr, done.stderr.decode()
        return Done(done.stdout, done.stderr)

    def _run_here(self, *arguments: object) -> Done:
        with self._sandboxes.as_pool():
            captured = capture_in_process(arguments, folder=self.folder, environment=self._environment)
        done = Done(captured.stdout, captured.stderr)
        assert b"Traceback (most recent call last):\n  File" not in done.err, done.err.decode()
        assert b"error of the grader itself" not in done.err, done.err.decode()
        return done

    def _gradescope(self, path: Path) -> None:
        """An export in which the texts are names, ids and addresses."""
        with zipfile.ZipFile(path, "w") as file:
            metadata = ""
            for number, (name, module) in enumerate(REPORTS.items()):
                text = module.TEXTS[0].encode("utf-8", "replace").decode()[:500]
                metadata += f"submission_{number}:\n  :submitters:\n  - :name: {json.dumps(text)}\n"
                metadata += f"    :sid: {json.dumps(text + name)}\n    :email: {json.dumps(text + '@' + name)}\n"
                file.writestr(f"submission_{number}/homework.py", HONEST)
            file.writestr("submission_metadata.yml", metadata)

    def _canvas(self) -> str:
        page = io.StringIO()
        rows = csv.writer(page)
        rows.writerow(("Student", "ID", "Section", "class (7)"))
        rows.writerows((student["student"]["name"], "", "1", "") for student in self.students)
        return page.getvalue()

    def _moodle(self) -> str:
        page = io.StringIO()
        rows = csv.writer(page)
        rows.writerow(("Identifier", "Full name", "Grade", "Maximum Grade", "Feedback comments"))
        rows.writerows(("", student["student"]["name"], "", "10.00", "") for student in self.students)
        return page.getvalue()

    def _broken(self) -> Iterator[Path]:
        """Files with such names that cannot be read, and one that is not there."""
        there = self.folder / "broken"
        there.mkdir()
        for path in self.files.values():
            (there / path.name).write_bytes(b"\xff")
            yield there / path.name

    def student(self, name: str) -> dict[str, Any]:
        (found,) = (one for one in self.students if one["student"]["name"].endswith(f" {name}"))
        return found


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, home: Path, sandboxes: SharedSandboxes) -> Graded:
    return Graded(tmp_path_factory.mktemp("reports"), home, sandboxes)


def assert_harmless(data: bytes) -> str:
    """No sign that a terminal obeys, nor a line that a CI service does."""
    text = data.decode("utf-8")
    for sign in set(text) - {"\n"} - HARMLESS:
        assert unicodedata.category(sign) not in UNSAFE, f"U+{ord(sign):04X}"
    for line in text.split("\n"):
        assert not line.lstrip().startswith(("::", "##")), line
    assert not re.search(r"##\w*\[", text)
    return text


PEOPLE = ("batch", "terminal", "table", "checks", "mistakes", "mark", "refused")


@pytest.mark.parametrize("name", [*PEOPLE, *(f"{name} of a platform" for name in ("batch", "table", "mistakes"))])
def test_nothing_acts_where_people_read(graded: Graded, name: str) -> None:
    done = graded.outputs[name]
    assert len(assert_harmless(done.out) + assert_harmless(done.err)) > 100


@each
def test_nothing_acts_in_what_is_said_of_one_student(graded: Graded, name: str, module: ModuleType) -> None:
    student = graded.student(name)["student"]
    said = assert_harmless(graded.run("results", "--assignment", "class", "--student", student["key"]).out)
    assert "Total" in said


@each
def test_it_is_graded_and_shown_as_it_is_written(graded: Graded, name: str, module: ModuleType) -> None:
    """Or else all of this would show nothing."""
    assert graded.student(name)["status"] == "graded"
    joined = "".join(graded.outputs["terminal"].out.decode().split())
    assert "".join(module.SHOWN.split()) in joined


def test_no_line_at_the_margin_is_a_students(graded: Graded) -> None:
    """The totals that stand where ours do are ours."""
    lines = graded.outputs["terminal"].out.decode().split("\n")
    assert sum(line.startswith("Total") for line in lines) == len(REPORTS)
    assert not [line for line in lines if line.startswith(("grade:", "Kept:"))]


@pytest.mark.parametrize("name", ["otter", "nbgrader", "otter of a platform", "nbgrader of a platform"])
def test_no_cell_is_a_formula(graded: Graded, name: str) -> None:
    done = graded.outputs[name]
    assert_harmless(done.err)
    rows = list(csv.reader(io.StringIO(assert_harmless(done.out), newline=""), strict=True))
    assert len(rows) == len(REPORTS) + (2 if name.startswith("otter") else 1)
    assert len({len(row) for row in rows}) == 1
    for row in rows:
        for cell in row:
            if cell == "--":  # Otter's own sign
                continue
            parts = (part.strip(' \u00a0"') for part in cell.split(";"))
            assert not any(FORMULA.match(part) and not NUMBER.fullmatch(part) for part in parts), cell


@pytest.mark.parametrize("name", ["canvas", "moodle"])
def test_what_was_exported_comes_back_with_numbers_and_escaped_words(graded: Graded, name: str) -> None:
    done = graded.outputs[name]
    assert_harmless(done.err)
    before = list(csv.reader(io.StringIO((graded.folder / f"{name}.csv").read_bytes().decode(), newline="")))
    after = list(csv.reader(io.StringIO(done.out.decode("utf-8"), newline="")))
    assert len(before) == len(after)
    filled = 0
    for old, new in zip(before, after, strict=True):
        for was, now in zip(old, new, strict=True):
            if was != now:
                filled += 1
                assert was == ""
                assert NUMBER.fullmatch(now) or not FORMULA.match(now)
                assert re.sub("<br>", "", now).count("<") == 0
    assert filled > 5


def test_json_says_the_same_text(graded: Graded) -> None:
    done = graded.outputs["json"]
    assert_harmless(done.out)
    assert_harmless(done.err)
    assert done.out.isascii()
    results = {result["submission"]["path"]: result for result in json.loads(done.out)}
    assert list(results) == [os.path.relpath(path, graded.folder) for path in graded.files.values()]


def test_xml_is_valid_and_has_a_suite_for_each_exercise(graded: Graded) -> None:
    data = graded.outputs["junit"].out
    assert_harmless(data)
    root = etree.fromstring(data)
    etree.XMLSchema(etree.parse(Path(report_tests.__file__).parent / "schemas" / "junit-10.xsd")).assertValid(root)
    assert len(list(root)) == len(REPORTS) * (1 + len(EXERCISES))


def test_markdown_has_no_markup_of_a_student(graded: Graded) -> None:
    text = graded.outputs["markdown"].out.decode()
    assert_harmless(re.sub("^#+ ", "", text.replace(JOINER, ""), flags=re.MULTILINE).encode())
    shown = html.fromstring(cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE))
    assert not {str(element.tag) for element in shown.iter()} & {"a", "img", "details", "hr", "h1", "h2", "h5", "h6"}
    assert len(list(next(shown.iter("table")).iter("tr"))) == len(REPORTS) + 1


def test_a_page_has_no_markup_of_a_student(graded: Graded) -> None:
    data = graded.outputs["html"].out
    assert_harmless(data)
    page = html.fromstring(data.decode())
    assert len(list(page.iter("article"))) == len(REPORTS)
    tags = {str(element.tag) for element in page.iter()}
    assert not tags & {"script", "img", "iframe", "object", "form", "link", "base"}
    for element in page.iter():
        assert not any(name.startswith("on") or name in ("src", "style", "xlink:href") for name in element.attrib)
        assert element.get("href", "#").startswith("#")


def test_annotations_are_those_of_the_grader(graded: Graded) -> None:
    lines = graded.outputs["github"].out.decode().splitlines()
    parsed = [re.fullmatch(r"::(error|warning|notice) [^:]*::[^\r\n]*", line) for line in lines]
    assert all(parsed)
    kinds = [found[1] for found in parsed if found]
    assert max(map(kinds.count, kinds)) <= 10
    for line in lines:
        assert_harmless(line.lstrip(":").encode())


def test_results_for_other_programs_are_data(graded: Graded) -> None:
    assert_harmless(graded.outputs["sarif"].out)
    (run,) = json.loads(graded.outputs["sarif"].out)["runs"]
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert len({place["artifactLocation"]["uri"] for place in places}) == len(REPORTS)
    name, _, encoded = graded.outputs["classroom"].out.decode("ascii").strip().partition("=")
    assert name == "result"
    for test in json.loads(base64.b64decode(encoded))["tests"]:
        assert_harmless("".join(map(str, test.values())).encode())


def test_json_lines_are_as_many_as_students(graded: Graded) -> None:
    for name in ("jsonl", "jsonl of a platform"):
        done = graded.outputs[name]
        assert_harmless(done.out)
        assert done.out.isascii()
        lines = [json.loads(line) for line in done.out.decode().splitlines()]
        assert len(lines) == len(REPORTS)
        assert {line["schema"] for line in lines} == {"grader.student/1"}
    for name, path in graded.files.items():
        as_text = os.fsencode(path.parent.name).decode("utf-8", "backslashreplace")
        assert graded.student(name)["student"]["name"] == unicodedata.normalize("NFC", as_text)


def test_documents_stay_in_their_folder(graded: Graded) -> None:
    assert_harmless(graded.outputs["documents"].err)
    found = [path for path in (graded.folder / "documents").rglob("*") if path.is_file()]
    assert len(found) == 2 * len(REPORTS)
    for path in found:
        assert json.loads(path.read_bytes())["schema"] == "grader.result/1"


def test_whoever_marks_sees_no_sign_that_acts(graded: Graded) -> None:
    shown = graded.klass.at_a_terminal(("mark", "--assignment", "class"), ["1", "a comment"] * 4 + ["q"])
    ours = re.compile(r"\x1b\[[\d;]*m|\x1b\[\?2004[hl]|\r\n|\r|\x07|\x1b\[K|\x1b\[C")
    left = ours.sub("\n", shown)
    assert "Kept: 1 / " in left
    assert_harmless(left.encode("utf-8", "surrogateescape"))
