"""Packs for students: ``grade`` says with a pack what it says with the course, and what the pack does not cover."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import grader
from grader.course.pack_file import FORMAT, SEED, load_pack
from grader.course.trusted_checks import trusted_checks
from grader.errors import CourseError, ExerciseError, UsageError
from grader.pipeline.recorded_references import notice_of_releases
from grader.pipeline.references import ReferenceStore
from grader.sandbox.sandbox import Sandbox
from grader.workbench.pack.make_pack import MadePack
from tests.helpers.canary_course import RIGHT, WRONG, write_canary_course
from tests.helpers.packs import OnSandbox, graded, make, said, write

BASICS = ("double-backward", "vector-control-flow", "detach-semantics")
LANGUAGE = ("fitted-line", "gradients-of-a-regression", "own-momentum", "own-linear-layer", "linear-loss")
"""Exercises with ``reference`` of a value, of passes, steps, a module and a function."""

_MANIFEST = f'{{"format": "{FORMAT}", "grader": "0", "assignment": "a", "seed": 1, "points": 1, "total": 2}}'


@pytest.fixture(scope="module")
def on(sandbox: Sandbox, store: ReferenceStore) -> OnSandbox:
    return OnSandbox(sandbox, store)


@pytest.fixture(scope="module")
def language_course(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = tmp_path_factory.mktemp("language") / "course"
    for name in LANGUAGE:
        for folder in ("exercises", "rubrics", "solutions", "solutions/mistakes"):
            (course / folder).mkdir(parents=True, exist_ok=True)
            for path in (root / "tests/language_course" / folder).glob(f"{name}*"):
                copy = shutil.copytree if path.is_dir() else shutil.copy
                copy(path, course / folder / path.name)
    (course / "assignments").mkdir()
    (course / "assignments/sheet.yaml").write_text(
        f"id: sheet\ntitle: Sheet\nexercises: [{', '.join(LANGUAGE)}]\nseed: 7\n"
    )
    return course


@pytest.fixture(scope="module")
def language_pack(language_course: Path, on: OnSandbox) -> MadePack:
    return make(language_course, "sheet", on)


class TestGradingWithAPack:
    def test_it_says_of_public_checks_what_the_course_says(
        self, language_course: Path, language_pack: MadePack, on: OnSandbox, tmp_path: Path
    ) -> None:
        pack = write(language_pack.files, tmp_path / "sheet-pack")
        compared = 0
        for name in LANGUAGE:
            known = sorted((language_course / "solutions/mistakes" / name).glob("*.py"))[:1]
            for path in known:  # solutions are graded when a pack is made
                ours = graded(path, pack, "sheet", on, exercise=name)
                theirs = graded(path, language_course, "sheet", on, seed=SEED, exercise=name)
                assert said(ours) == said(theirs), path
                compared += 1
        assert compared == len(LANGUAGE)

    def test_also_in_the_built_in_course(self, root: Path, on: OnSandbox, tmp_path: Path) -> None:
        made = make(root, "autograd-basics", on)
        pack = write(made.files, tmp_path / "pack")
        assert (made.contents.points, made.contents.total) == (17, 17)
        for name in BASICS:
            for path in sorted((root / "solutions/mistakes" / name).glob("*.py"))[:1]:
                ours = graded(path, pack, "autograd-basics", on)
                assert said(ours) == said(graded(path, root, "autograd-basics", on, seed=SEED)), path
                assert not ours.more_points
                assert ours.seed == SEED

    def test_a_report_never_claims_the_points_of_the_whole_assignment(
        self, canary: tuple[Path, MadePack], on: OnSandbox, tmp_path: Path
    ) -> None:
        course, made = canary
        pack = write(made.files, tmp_path / "pack")
        for code, others in ((RIGHT, WRONG), (WRONG, RIGHT)):
            (tmp_path / "work.py").write_text(code.replace("s, k = 5, 6", "s = 4"))
            ours = graded(tmp_path / "work.py", pack, "sheet", on)
            assert ours.more_points
            assert ours.course is not None
            assert (ours.course.covered, ours.course.whole) == (4, 12)
            assert (ours.score, ours.max_score) == (4, 4)
            assert [exercise.id for exercise in ours.exercises] == ["cubes"], others
            with pytest.raises(UsageError, match="`vault` is checked by your instructor"):
                graded(tmp_path / "work.py", pack, "sheet", on, exercise="vault")
            theirs = {
                c.id: c.status for e in graded(tmp_path / "work.py", course, "sheet", on).exercises for c in e.checks
            }
            assert all(theirs[check.id] in (check.status, "skipped") for check in ours.exercises[0].checks)


class TestWhatAPackSaysOfItself:
    def test_its_manifest_names_seed_points_and_what_is_checked_elsewhere(self, canary: tuple[Path, MadePack]) -> None:
        said = json.loads(canary[1].files["pack.json"])
        assert said["format"] == FORMAT
        assert said["seed"] == SEED
        assert (said["points"], said["total"]) == (4, 12)
        assert said["elsewhere"] == [{"id": "vault", "title": "All is hidden", "number": []}]
        assert said["recorded_with"] == {}  # no check of it compares with the reference
        assert not any(name.startswith("references/") for name in canary[1].files)

    def test_it_is_the_same_byte_for_byte_when_it_is_made_again(
        self, canary: tuple[Path, MadePack], on: OnSandbox
    ) -> None:
        assert make(canary[0], "sheet", on).files == canary[1].files

    def test_a_course_that_builds_on_another_has_its_files_in_one_pack(self, tmp_path: Path, on: OnSandbox) -> None:
        write_canary_course(tmp_path / "base")
        own = tmp_path / "own"
        for name, text in {
            "course.yaml": "extends: ../base\n",
            "exercises/own.yaml": "id: own\ntitle: Own\nstatement: Bind t.\n"
            "checks: [{id: t, kind: value, names: {t: [t]}, expect: {t: reference}}]\n",
            "rubrics/own.yaml": "exercise: own\nchecks: {t: {points: 2}}\n",
            "solutions/own.py": "import torch\nt = torch.tensor(3.0)\n",
            "assignments/both.yaml": "id: both\ntitle: Both\nexercises: [own, cubes]\n",
        }.items():
            (own / name).parent.mkdir(parents=True, exist_ok=True)
            (own / name).write_text(text)
        made = make(own, "both", on)
        assert {"exercises/own.yaml", "exercises/cubes.yaml", "references/own.recording"} <= made.files.keys()
        assert (made.contents.points, made.contents.total) == (6, 13)
        assert b"extends" not in made.files["course.yaml"]
        pack = write(made.files, tmp_path / "pack")
        report = graded(own / "solutions/own.py", pack, "both", on, exercise="own")
        assert report.score == report.max_score == 2

    def test_mistakes_of_rubrics_can_be_left_out(self, tmp_path: Path, on: OnSandbox) -> None:
        course = write_canary_course(tmp_path / "course")
        rubric = course / "rubrics/cubes.yaml"
        rubric.write_text(
            rubric.read_text().replace(
                "slope: {points: 2}", "slope: {points: 2, mistakes: [{when: gradient == leaf, say: A slip.}]}"
            )
        )
        assert b"A slip." in make(course, "sheet", on).files["rubrics/cubes.yaml"]
        assert b"A slip." not in make(course, "sheet", on, with_mistakes=False).files["rubrics/cubes.yaml"]

    def test_another_release_of_torch_is_a_notice_and_no_refusal(
        self, language_pack: MadePack, on: OnSandbox, tmp_path: Path
    ) -> None:
        pack = load_pack(write(language_pack.files, tmp_path))
        assert pack is not None
        here = dict(on.versions)
        assert notice_of_releases(pack, here) == ""
        said = notice_of_releases(pack, {**here, "torch": "1.0.0+cpu"})
        assert "and here it is torch 1.0.0." in said
        assert said.endswith(f"pip install torch=={pack.recorded_with['torch']}")


class TestWhatIsRefused:
    def test_another_seed_and_a_damaged_recording(
        self, language_course: Path, language_pack: MadePack, on: OnSandbox, tmp_path: Path
    ) -> None:
        pack = write(language_pack.files, tmp_path / "pack")
        solution = language_course / "solutions/fitted-line.py"
        with pytest.raises(CourseError, match="Grade without --seed"):
            graded(solution, pack, "sheet", on, seed=3, exercise="fitted-line")
        recording = pack / "references/fitted-line.recording"
        manifest = pack / "pack.json"
        manifest.write_text(manifest.read_text().replace(f'"grader": "{grader.__version__}"', '"grader": "9.9"'))
        recorded = recording.read_bytes()
        recording.write_bytes(recorded.replace(b'"grader": "', b'"grader": "9', 1))
        with pytest.raises(CourseError, match=r"made by the grader 9\.9, and this one is"):
            graded(solution, pack, "sheet", on, exercise="fitted-line")
        manifest.write_text(manifest.read_text().replace('"9.9"', f'"{grader.__version__}"'))
        recording.write_bytes(recorded)
        recording.write_bytes(recording.read_bytes()[:-1] + b"x")
        with pytest.raises(CourseError, match=r"is damaged.*\n.*Take the pack again from where you have it"):
            graded(solution, pack, "sheet", on, exercise="fitted-line")

    def test_a_pack_of_a_pack_and_of_nothing_public(
        self, canary: tuple[Path, MadePack], on: OnSandbox, tmp_path: Path
    ) -> None:
        pack = write(canary[1].files, tmp_path / "pack")
        with pytest.raises(UsageError, match="A pack cannot be made of a pack"):
            make(pack, "sheet", on)
        (canary[0] / "assignments/secret.yaml").write_text("id: secret\ntitle: Secret\nexercises: [vault]\n")
        with pytest.raises(CourseError, match="No check of the assignment `secret` may go to students"):
            make(canary[0], "secret", on)
        (canary[0] / "assignments/secret.yaml").unlink()

    def test_an_assignment_with_the_seed_of_packs(self, tmp_path: Path, on: OnSandbox) -> None:
        course = write_canary_course(tmp_path / "course")
        with (course / "assignments/sheet.yaml").open("a") as file:
            file.write(f"seed: {SEED}\n")
        with pytest.raises(CourseError, match="is that of all packs"):
            make(course, "sheet", on)

    def test_a_reference_that_fails_is_named_in_the_course(self, tmp_path: Path, on: OnSandbox) -> None:
        course = write_canary_course(tmp_path / "course")
        (course / "solutions/cubes.py").write_text("s = 5\n")
        with pytest.raises(CourseError, match="the reference solution of `cubes` does not pass") as caught:
            make(course, "sheet", on)
        assert "No pack was written" in str(caught.value)
        assert str(caught.value).startswith(f"{course / 'solutions/cubes.py'}: ")

    def test_a_solution_among_the_data(self, tmp_path: Path, on: OnSandbox) -> None:
        course = write_canary_course(tmp_path / "course")
        (course / "data").mkdir()
        shutil.copy(course / "solutions/cubes.py", course / "data/example.py")
        with (course / "assignments/sheet.yaml").open("a") as file:
            file.write("data: data\n")
        with pytest.raises(CourseError, match=r"A solution would be given out: data/example.py is"):
            make(course, "sheet", on)

    def test_kinds_of_checks_that_lie_in_a_pack(self, tmp_path: Path) -> None:
        pack = write_canary_course(tmp_path / "pack")  # somebody put solutions into it, too
        (pack / "checks.py").write_text("raise SystemExit('imported')\n")
        assert trusted_checks(pack, pack, (pack,)) == (pack.resolve(),)
        (pack / "pack.json").write_text("{}")
        with pytest.raises(UsageError, match="of an exported course or a pack is never imported"):
            trusted_checks(pack, pack, (pack,))

    @pytest.mark.parametrize(
        "content",
        [
            *("", "[]", '{"format": "grader.pack/2"}', '{"format": "grader.pack/1"}', "\0", "[" * 100_000),
            _MANIFEST.replace('"seed": 1', '"seed": -1'),
            _MANIFEST.replace('"points": 1', '"points": NaN'),
            _MANIFEST.replace('"total": 2', '"total": 1e999'),
        ],
    )
    def test_a_manifest_that_cannot_be_read(self, tmp_path: Path, content: str) -> None:
        (tmp_path / "pack.json").write_text(_MANIFEST)
        assert load_pack(tmp_path) is not None
        (tmp_path / "pack.json").write_text(content)
        with pytest.raises(ExerciseError, match="Take the pack again"):
            load_pack(tmp_path)


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory, on: OnSandbox) -> tuple[Path, MadePack]:
    course = write_canary_course(tmp_path_factory.mktemp("canary") / "course")
    return course, make(course, "sheet", on)
