"""``extends`` in ``course.yaml``: what a course has of its own, what of its bases, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from grader.course.course import Course, find_wrong_verdicts, load_course
from grader.course.course_folder import find_course, hidden_paths, name_of, support_of
from grader.course.course_layers import MAX_LAYERS, layers_of
from grader.course.data_folder import find_data_folders
from grader.course.exported_course import exported_files
from grader.course.known_submissions import load_known_submissions
from grader.course.named_assignment import assignment_ids, default_assignment
from grader.course.named_courses import builtin_course
from grader.errors import CourseError, ExerciseError, UsageError

DIGEST = "0123456789abcdef"


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def exercise(name: str, wanted: int = 4, check: str = "value") -> str:
    return (
        f"id: {name}\ntitle: {name.title()}\nstatement: Bind {name}.\nchecks:\n"
        f"  - {{id: {check}, kind: value, names: {{{name}: [{name}]}}, expect: {{{name}: {wanted}}}}}\n"
    )


def rubric(name: str, points: int = 2, check: str = "value") -> str:
    return f"exercise: {name}\nchecks:\n  {check}: {{points: {points}, hint: Of {points}.}}\n"


def of_exercise(name: str, **options: int) -> dict[str, str]:
    return {
        f"exercises/{name}.yaml": exercise(name),
        f"rubrics/{name}.yaml": rubric(name),
        f"solutions/{name}.py": f"{name} = 4\n",
        f"solutions/mistakes/{name}/three.py": f"{name} = 3\n",
        f"solutions/mistakes/{name}/verdicts.yaml": (
            "three.py: {about: Another number., verdicts: {value: failed}, score: 0, says: Of 2.}\n"
        ),
    }


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A course with the exercises ``a`` and ``b``, a sheet that asks for both, and a helper module."""
    files = {
        **of_exercise("a"),
        **of_exercise("b"),
        "assignments/sheet.yaml": "id: sheet\ntitle: Sheet\nexercises: [a, b]\ndata: data/sheet\n",
        "data/sheet/points.csv": "1,2\n",
        "handout/fingerprints.yaml": f'shown: ["{DIGEST}"]\n',
        "support/helper.py": "X = 1\n",
        "course.yaml": "title: Base\ndefault: sheet\n",
    }
    return write(tmp_path / "base", files)


def course(tmp_path: Path, files: dict[str, str], extends: str = "extends: ../base\n", name: str = "own") -> Path:
    return write(tmp_path / name, {"course.yaml": extends, **files})


def refused(root: Path) -> str:
    with pytest.raises(ExerciseError) as caught:
        load_course(root)
    return str(caught.value)


def points(loaded: Course) -> dict[str, float]:
    return {item.exercise.id: item.rubric.total for item in loaded.exercises}


class TestWhatIsThere:
    def test_all_of_the_base_and_what_is_the_courses_own(self, base: Path, tmp_path: Path) -> None:
        own = {**of_exercise("c"), "handout/fingerprints.yaml": f'shown: ["{DIGEST[::-1]}"]\n', "support/more.py": ""}
        root = course(tmp_path, own)
        loaded = load_course(root)
        assert points(loaded) == {"a": 2, "b": 2, "c": 2}
        assert [item.path.parents[1].name for item in loaded.exercises] == ["base", "base", "own"]
        assert [assignment.id for assignment in loaded.assignments] == ["sheet"]
        assert loaded.default is not None
        assert loaded.default.data == base / "data" / "sheet"
        assert loaded.handout.shown == {DIGEST, DIGEST[::-1]}
        assert loaded.support == (root / "support", base / "support")
        assert find_wrong_verdicts(loaded) == ()
        assert name_of(root) == "own"

    def test_what_starts_the_worker_knows_it_before_the_course_is_loaded(self, base: Path, tmp_path: Path) -> None:
        root = course(tmp_path, {})
        assert support_of(root) == (base / "support",)
        assert {root, base, base / "solutions", base / "checks.py"} <= set(hidden_paths(root))
        assert find_data_folders(root, None) == {"data/sheet": base / "data" / "sheet"}
        assert assignment_ids(root) == ("sheet",)
        assert default_assignment(root) == "sheet"
        assert find_course(tmp_path, root) == root

    def test_the_course_that_comes_with_the_grader_by_its_name(self, tmp_path: Path) -> None:
        loaded = load_course(course(tmp_path, {}, "extends: built-in\nwithout: [autodiff-modes]\n"))
        assert len(loaded.exercises) == 14
        assert len(loaded.assignment("autograd").exercises) == 14
        assert find_course(tmp_path, Path("built-in")) == builtin_course()

    def test_a_folder_is_meant_before_a_name(self, base: Path, tmp_path: Path) -> None:
        base.rename(tmp_path / "own-built-in")
        root = course(tmp_path, {}, "extends: built-in\n")
        (root / "built-in").symlink_to(tmp_path / "own-built-in")
        assert list(points(load_course(root))) == ["a", "b"]

    def test_a_base_may_build_on_a_further_one(self, base: Path, tmp_path: Path) -> None:
        course(tmp_path, {**of_exercise("c"), "rubrics/a.yaml": rubric("a", 5)}, name="middle")
        root = course(tmp_path, {"rubrics/b.yaml": rubric("b", 7)}, "extends: ../middle\n")
        assert points(load_course(root)) == {"a": 5, "b": 7, "c": 2}
        assert default_assignment(root) == "sheet"


class TestOverriding:
    def test_a_rubric_alone(self, base: Path, tmp_path: Path) -> None:
        loaded = load_course(course(tmp_path, {"rubrics/a.yaml": rubric("a", 9)}))
        item = loaded.exercises[0]
        assert (item.rubric.total, item.path, item.solution) == (9, base / "exercises/a.yaml", base / "solutions/a.py")
        (known,) = load_known_submissions(item.known, item.exercise)
        # What the base says of points and words is about its own rubric.
        assert (known.expected.score, known.expected.says) == (None, "")
        assert known.expected.verdicts == {"value": "failed"}
        assert find_wrong_verdicts(loaded) == ()

    def test_a_reference_alone(self, base: Path, tmp_path: Path) -> None:
        root = course(tmp_path, {"solutions/a.py": "a = 2 + 2\n"})
        item = load_course(root).exercises[0]
        assert item.solution == root / "solutions" / "a.py"
        assert load_known_submissions(item.known, item.exercise)[0].expected.score == 0

    def test_known_submissions_are_added_replaced_and_judged_otherwise(self, base: Path, tmp_path: Path) -> None:
        write(
            base,
            {
                "solutions/mistakes/a/two.py": "a = 2\n",
                "solutions/mistakes/a/verdicts.yaml": "".join(
                    f"{name}.py: {{about: Other., verdicts: {{value: failed}}, score: 0}}\n"
                    for name in ("two", "three")
                ),
            },
        )
        files = {
            "solutions/mistakes/a/five.py": "a = 5\n",
            "solutions/mistakes/a/two.py": "a = -2\n",
            "solutions/mistakes/a/verdicts.yaml": (
                "five.py: {about: Five., verdicts: {value: failed}}\n"
                "three.py: {about: Nothing., verdicts: {value: failed}, status: not_attempted}\n"
            ),
        }
        root = course(tmp_path, files)
        loaded = load_course(root)
        assert find_wrong_verdicts(loaded) == ()
        item = loaded.exercises[0]
        known = {one.path.name: one for one in load_known_submissions(item.known, item.exercise)}
        assert known.keys() == {"two.py", "three.py", "five.py"}
        assert known["two.py"].path == root / "solutions/mistakes/a/two.py"
        assert known["two.py"].expected.score == 0
        assert known["three.py"].path == base / "solutions/mistakes/a/three.py"
        assert known["three.py"].expected.status == "not_attempted"

    def test_an_exercise_with_the_same_checks_keeps_everything_else(self, base: Path, tmp_path: Path) -> None:
        loaded = load_course(course(tmp_path, {"exercises/a.yaml": exercise("a", 3)}))
        item = loaded.exercises[0]
        assert (item.mistakes, item.rubric.total) == ((), 2)
        assert len(load_known_submissions(item.known, item.exercise)) == 1

    def test_an_exercise_with_other_checks_needs_its_own_rubric(self, base: Path, tmp_path: Path) -> None:
        root = course(tmp_path, {"exercises/a.yaml": exercise("a", check="other")})
        (mistake,) = load_course(root).exercises[0].mistakes
        assert mistake.path == root / "rubrics" / "a.yaml"
        assert "is missing" in mistake.text
        assert "base/rubrics/a.yaml does not fit this course's own `a`" in mistake.text
        write(root, {"rubrics/a.yaml": rubric("a", check="other")})
        loaded = load_course(root)
        item = loaded.exercises[0]
        assert (item.mistakes, load_known_submissions(item.known, item.exercise)) == ((), ())
        assert find_wrong_verdicts(loaded) == ()

    def test_an_assignment(self, base: Path, tmp_path: Path) -> None:
        sheet = "id: sheet\ntitle: Mine\nexercises: [b]\n"
        (assignment,) = load_course(course(tmp_path, {"assignments/sheet.yaml": sheet})).assignments
        assert (assignment.title, assignment.data) == ("Mine", None)

    def test_a_helper_module(self, base: Path, tmp_path: Path) -> None:
        root = course(tmp_path, {"support/helper.py": "X = 2\n"})
        assert load_course(root).support[0] == root / "support"
        (root / "support" / "helper.py").unlink()
        write(root, {"support/notes.txt": "1"})
        write(base, {"support/notes.txt": "2"})
        assert f"{root}/support/notes.txt: is in {base}/support as well" in refused(root)


class TestLeavingOut:
    def test_exercises_are_not_there_and_no_assignment_asks_for_them(self, base: Path, tmp_path: Path) -> None:
        write(base, {"handout/questions.yaml": f"questions:\n  - exercise: b\n    hashes: {[DIGEST[:8]] * 4}\n"})
        loaded = load_course(course(tmp_path, {}, "extends: ../base\nwithout: [b]\n"))
        assert list(points(loaded)) == ["a"]
        assert [entry.id for entry in loaded.assignment("sheet").exercises] == ["a"]
        assert find_wrong_verdicts(loaded) == ()
        assert [question.exercise for question in loaded.questions] == [None]

    def test_known_submissions_of_the_base_may_be_about_them_too(self, base: Path, tmp_path: Path) -> None:
        path = base / "solutions/mistakes/a/verdicts.yaml"
        (name, *_) = path.read_text(encoding="utf-8").split(":")
        write(base, {"solutions/mistakes/a/verdicts.yaml": path.read_text(encoding="utf-8") + "\n"})
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        said[name]["besides"] = ["b"]
        path.write_text(yaml.safe_dump(said), encoding="utf-8")
        loaded = load_course(course(tmp_path, {}, "extends: ../base\nwithout: [b]\n"))
        assert find_wrong_verdicts(loaded) == ()

    @pytest.mark.parametrize(
        ("settings", "files", "said"),
        [
            ("extends: ../base\nwithout: [bb]\n", {}, "course.yaml:2: without[0]: there is no exercise `bb` in"),
            ("without: [b]\n", of_exercise("c"), "course.yaml:1: without: nothing is left out without `extends`"),
            (
                "extends: ../base\nwithout: [b]\n",
                of_exercise("b"),
                "course.yaml:2: without[0]: `b` is an exercise of this course itself",
            ),
        ],
    )
    def test_mistakes(self, settings: str, files: dict[str, str], said: str, base: Path, tmp_path: Path) -> None:
        assert said in refused(course(tmp_path, files, settings))


SEVERAL = "extends: [../base, ../other]\n"


def stacked(tmp_path: Path) -> list[str]:
    return [root.name for root in layers_of(tmp_path / "own").roots]


class TestSeveralBases:
    """``extends`` may be a list: the bases stand beside each other, and know nothing of each other."""

    def test_the_exercises_of_all_are_there(self, base: Path, tmp_path: Path) -> None:
        sheet = {"assignments/sheet.yaml": "id: sheet\ntitle: Other\nexercises: [d]\n"}
        more = {"assignments/more.yaml": "id: more\ntitle: More\nexercises: [d]\n", "support/second.py": ""}
        write(tmp_path / "other", {**of_exercise("d"), **sheet, **more, "course.yaml": "default: more\n"})
        root = course(tmp_path, {**of_exercise("c"), "rubrics/d.yaml": rubric("d", 7)}, SEVERAL)
        loaded = load_course(root)
        assert points(loaded) == {"a": 2, "b": 2, "c": 2, "d": 7}
        # What both have is that of the first.
        assert {one.id: one.title for one in loaded.assignments} == {"more": "More", "sheet": "Sheet"}
        assert loaded.default is not None
        assert loaded.default.id == "sheet"
        assert loaded.support == (base / "support", tmp_path / "other" / "support")
        assert {base, tmp_path / "other"} <= set(hidden_paths(root))
        assert find_wrong_verdicts(loaded) == ()

    def test_two_courses_that_come_with_the_grader_and_a_folder(self, base: Path, tmp_path: Path) -> None:
        loaded = load_course(course(tmp_path, {}, "extends: [built-in, ../base]\nwithout: [autodiff-modes, a]\n"))
        assert len(loaded.exercises) == 15
        assert loaded.layers.left_out == {"autodiff-modes", "a"}

    def test_the_bases_of_the_first_come_before_the_second(self, base: Path, tmp_path: Path) -> None:
        course(tmp_path, {}, name="first")
        write(tmp_path / "other", of_exercise("d"))
        course(tmp_path, {}, "extends: [../first, ../other]\n")
        assert stacked(tmp_path) == ["own", "first", "base", "other"]

    def test_a_base_of_two_bases_is_there_once_and_below_both(self, base: Path, tmp_path: Path) -> None:
        course(tmp_path, {"rubrics/a.yaml": rubric("a", 5), **of_exercise("c")}, name="left")
        own_b = {"exercises/b.yaml": exercise("b", 5), "solutions/a.py": "a = 2 + 2\n"}
        course(tmp_path, own_b, name="right")
        root = course(tmp_path, {}, "extends: [../left, ../right]\n")
        assert stacked(tmp_path) == ["own", "left", "right", "base"]
        loaded = load_course(root)
        assert points(loaded) == {"a": 5, "b": 2, "c": 2}
        items = {item.exercise.id: item for item in loaded.exercises}
        # What both change of one exercise of the base holds together.
        assert items["a"].solution == tmp_path / "right/solutions/a.py"
        assert items["b"].path == tmp_path / "right/exercises/b.yaml"
        assert loaded.layers.below(1).roots == (tmp_path / "left", base)

    def test_without_of_a_base_is_about_its_own_bases(self, base: Path, tmp_path: Path) -> None:
        course(tmp_path, {}, "extends: ../base\nwithout: [a, b]\n", name="left")
        course(tmp_path, {}, "extends: ../base\nwithout: [b]\n", name="right")
        root = course(tmp_path, {}, "extends: [../left, ../right]\n")
        assert list(points(load_course(root))) == ["a"]
        write(root, {"course.yaml": "extends: [../left, ../right, ../base]\n"})
        assert list(points(load_course(root))) == ["a", "b"]

    def test_one_id_in_two_bases_has_to_be_decided(self, base: Path, tmp_path: Path) -> None:
        other = {**of_exercise("a"), "rubrics/a.yaml": rubric("a", 9), "handout/starters/a.py": "a = ...\n"}
        write(tmp_path / "other", {**other, "solutions/mistakes/a/five.py": "a = 5\n"})
        said = tmp_path / "other/solutions/mistakes/a/verdicts.yaml"
        said.write_text(said.read_text() + "five.py: {about: Five., verdicts: {value: failed}}\n")
        root = course(tmp_path, {}, SEVERAL)
        text = refused(root)
        assert f"course.yaml:1: extends[1]: `a` is an exercise of {base} and another one of {tmp_path}/other; " in text
        assert "`without: [../other/a]`" in text
        assert "`b`" not in text

        # Nothing of the exercise that is left out is taken for the other one.
        write(root, {"course.yaml": f"{SEVERAL}without: [../other/a]\n"})
        item = load_course(root).exercises[0]
        assert (item.rubric.total, item.starter) == (2, "")
        assert [one.path.name for one in load_known_submissions(item.known, item.exercise)] == ["three.py"]
        write(root, {"course.yaml": f"{SEVERAL}without: [../base/a]\n"})
        item = load_course(root).exercises[0]
        assert (item.rubric.total, item.starter) == (9, "a = ...")
        assert len(load_known_submissions(item.known, item.exercise)) == 2
        write(root, {"course.yaml": f"{SEVERAL}without: [a]\n"})
        assert list(points(load_course(root))) == ["b"]
        write(root, {"course.yaml": SEVERAL, **of_exercise("a"), "rubrics/a.yaml": rubric("a", 3)})
        assert points(load_course(root)) == {"a": 3, "b": 2}

    def test_it_is_said_of_the_course_that_has_both_bases(self, base: Path, tmp_path: Path) -> None:
        write(tmp_path / "other", of_exercise("a"))
        course(tmp_path, {}, SEVERAL, name="middle")
        text = refused(course(tmp_path, {}, "extends: ../middle\n"))
        assert "middle/course.yaml:1: extends[1]: `a` is an exercise of" in text
        assert "own/course.yaml" not in text

    def test_a_helper_module_of_one_base_does_not_take_the_place_of_another_ones(
        self, base: Path, tmp_path: Path
    ) -> None:
        write(tmp_path / "other", {**of_exercise("d"), "support/helper.py": "X = 3\n"})
        root = course(tmp_path, {}, SEVERAL)
        text = refused(root)
        assert f"{base}/support/helper.py: is in {tmp_path}/other/support as well, and of these two courses" in text
        load_course(write(root, {"support/helper.py": "X = 4\n"}))

    @pytest.mark.parametrize(
        ("settings", "said"),
        [
            ("extends: []\n", "course.yaml:1: extends: must not be empty; found a list"),
            ("extends: 3\n", "course.yaml:1: extends: expected a text or a list, found the number 3"),
            ("extends:\n  - ../base\n  - 3\n", "course.yaml:3: extends[1]: expected a text, found the number 3"),
            ("extends:\n  - ../base\n  - ../bse\n", "course.yaml:3: extends[1]: there is no folder `../bse`"),
            ("extends: [../base, ../own/../base]\n", "extends[1]: `../own/../base` is named twice; delete one of"),
            ("extends: [../base, .]\n", "course.yaml:1: extends[1]: these courses build on each other in a circle: "),
            ("extends: [../base, built-in]\nwithout: [c]\n", "without[0]: `c` is an exercise of this course itself"),
            ("extends: [../base, built-in]\nwithout: [x]\n", "course.yaml:2: without[0]: there is no exercise `x` in"),
            ("extends: ../base\nwithout: [../bas/a]\n", "without[0]: `../bas` is not in `extends`; did you mean"),
            ("extends: ../base\nwithout: [../base/A]\n", "without[0]: `A` must be made of small letters, digits"),
        ],
    )
    def test_mistakes(self, settings: str, said: str, base: Path, tmp_path: Path) -> None:
        assert said in refused(course(tmp_path, of_exercise("c"), settings))

    def test_all_bases_that_cannot_be_used_are_said_at_once(self, base: Path, tmp_path: Path) -> None:
        text = refused(course(tmp_path, {}, "extends: [../one, ../base, ../two]\n"))
        assert "`../one`" in text
        assert "`../two`" in text

    def test_so_many_courses_that_nobody_wrote_them(self, tmp_path: Path) -> None:
        for number in range(MAX_LAYERS + 2):
            course(tmp_path, of_exercise("c"), f"extends: ../{number + 1}\n", name=str(number))
        assert f"these are more than {MAX_LAYERS} courses that build on each other" in refused(tmp_path / "0")


class TestWrongBases:
    @pytest.mark.parametrize(
        ("extends", "said"),
        [
            (
                "../bse",
                "there is no folder `../bse` beside this file, and no course of that name comes with the grader",
            ),
            ("buil-in", "did you mean `built-in`?"),
            ("../empty", "the folder `../empty` is no course"),
            (
                "../pack",
                "the folder `../pack` is a pack or an exported course, without solutions; name the course that",
            ),
            ("../exported", "the folder `../exported` is a pack or an exported course, without solutions"),
            (".", "these courses build on each other in a circle: "),
        ],
    )
    def test_a_base_that_cannot_be_used_is_said_with_its_line(self, extends: str, said: str, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        write(tmp_path / "pack", {**of_exercise("d"), "pack.json": "{}"})
        write(tmp_path / "exported", {"exercises/d.yaml": exercise("d"), "references/d.recording": "{}"})
        root = course(tmp_path, of_exercise("c"), f"title: Own\nextends: {extends}\n")
        text = refused(root)
        assert "own/course.yaml:2: extends: " in text
        assert said in text

    def test_a_circle_names_all_its_files(self, tmp_path: Path) -> None:
        for name, other in (("x", "y"), ("y", "z"), ("z", "y")):
            course(tmp_path, of_exercise("c"), f"extends: ../{other}\n", name=name)
        text = refused(tmp_path / "x")
        assert "z/course.yaml:1: extends: these courses build on each other in a circle: " in text
        assert text.count("y/course.yaml") == 2
        assert "x/course.yaml" not in text

    def test_mistakes_in_the_base_name_its_files(self, base: Path, tmp_path: Path) -> None:
        write(base, {"rubrics/a.yaml": "exercise: a\nchecks: {}\n", "assignments/sheet.yaml": "id: sheet\n"})
        text = refused(course(tmp_path, {}))
        assert "base/rubrics/a.yaml:2: checks: `value` is missing" in text
        assert "base/assignments/sheet.yaml" in text

    @pytest.mark.parametrize("place", ["shared", "."])
    def test_a_base_in_the_data_of_an_assignment_is_refused(self, place: str, base: Path, tmp_path: Path) -> None:
        root = course(tmp_path, {}, "extends: shared/base\n")
        (root / "shared").mkdir()
        base.rename(root / "shared" / "base")
        own = {"assignments/own.yaml": "id: own\ntitle: Own\nexercises: [a]\ndata: shared\n"}
        assert "leads to `exercises`, which students must not see" in refused(write(root, own))
        assert find_data_folders(root, "own") == {}

    def test_two_folders_of_data_with_one_path_are_refused(self, base: Path, tmp_path: Path) -> None:
        own = {
            "assignments/own.yaml": "id: own\ntitle: Own\nexercises: [a]\ndata: data/sheet\n",
            "data/sheet/points.csv": "3\n",
        }
        assert "is called like the data of `own`" in refused(course(tmp_path, own))


class TestFoundCourses:
    """A course that was found and not named may have come with a submission."""

    def test_it_builds_on_nothing_outside_of_its_folder(self, base: Path, tmp_path: Path) -> None:
        root = course(tmp_path, {})
        with pytest.raises(CourseError, match=r"own/course\.yaml:1: the course .*own builds on a folder outside"):
            find_course(root)
        assert find_course(root, root) == root

    def test_neither_by_a_link_nor_by_a_base_of_its_own(self, base: Path, tmp_path: Path) -> None:
        root = course(tmp_path, {}, "extends: inner\n")
        (root / "inner").symlink_to(base)
        with pytest.raises(CourseError, match="outside of its own"):
            find_course(root)
        (root / "inner").unlink()
        course(root, of_exercise("c"), f"extends: {os.path.relpath(base, root / 'inner')}\n", name="inner")
        with pytest.raises(CourseError, match=r"inner/course\.yaml:1"):
            find_course(root)

    @pytest.mark.parametrize("name", ["support", "data/own"])
    def test_it_shows_nothing_outside_of_its_folder(self, name: str, base: Path, tmp_path: Path) -> None:
        sheet = "id: own\ntitle: Own\nexercises: [c]\ndata: data/own\n"
        root = write(tmp_path / "own", {**of_exercise("c"), "assignments/own.yaml": sheet, "data/own/x.csv": "1\n"})
        assert find_course(root) == root
        (tmp_path / "private").mkdir()
        (root / "data" / "own").rename(root / "data" / "other")
        (root / name).symlink_to(tmp_path / "private")
        with pytest.raises(CourseError, match=f"own/{name} leads out of the course .*own, and submissions would see"):
            find_course(root)
        assert find_course(root, root) == root

    def test_it_builds_on_courses_that_come_with_the_grader_and_on_its_own_folders(self, tmp_path: Path) -> None:
        assert find_course(course(tmp_path, {}, "extends: built-in\n")) == tmp_path / "own"
        root = course(tmp_path, {}, "extends: inner\n", name="other")
        write(root / "inner", of_exercise("c"))
        assert find_course(root) == root

    @pytest.mark.parametrize("extends", ["[built-in, ../base]", "[../base, built-in]", "[inner, ../base]"])
    def test_no_base_beside_a_trusted_one_lies_outside(self, extends: str, base: Path, tmp_path: Path) -> None:
        root = course(tmp_path, {}, f"extends: {extends}\n")
        write(root / "inner", of_exercise("c"))
        with pytest.raises(CourseError, match=r"own/course\.yaml:1: the course .*own builds on a folder outside"):
            find_course(root)
        assert find_course(root, root) == root

    def test_a_course_without_exercises_and_bases_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="is no course"):
            find_course(tmp_path, course(tmp_path, {}, "title: x\n"))


class TestExporting:
    def test_what_is_exported_stands_alone(self, base: Path, tmp_path: Path) -> None:
        write(base, {"support/pack/__init__.py": "", "support/pack/one.py": "OF = 'base'\n", "support/other.py": ""})
        root = course(tmp_path, {"rubrics/a.yaml": rubric("a", 9), "support/pack/__init__.py": "OF = 'own'\n"})
        loaded = load_course(root)
        files = exported_files(loaded, loaded.assignment("sheet"), {"a": b"A", "b": b"B"})
        there = tmp_path / "there"
        for name, content in files.items():
            (there / name).parent.mkdir(parents=True, exist_ok=True)
            (there / name).write_bytes(content)
        alone = load_course(there)
        assert points(alone) == {"a": 9, "b": 2}
        assert alone.handout == loaded.handout
        assert (there / "data/sheet/points.csv").is_file()
        assert sorted(name for name in files if name.startswith("support")) == [
            "support/helper.py", "support/other.py", "support/pack/__init__.py",
        ]  # fmt: skip
        assert b"extends" not in files["course.yaml"]
        assert not any(name.startswith("solutions") for name in files)

    def test_what_several_bases_have_lies_together(self, base: Path, tmp_path: Path) -> None:
        write(base, {"handout/starters/a.py": "a = ...\n"})
        write(tmp_path / "other", {**of_exercise("a"), **of_exercise("d"), "handout/starters/a.py": "a = None\n"})
        loaded = load_course(course(tmp_path, {}, f"{SEVERAL}without: [../other/a]\n"))
        files = exported_files(loaded, loaded.assignment("sheet"), {"a": b"A", "b": b"B"})
        assert files["handout/starters/a.py"] == b"a = ...\n"
        assert {"exercises/a.yaml", "exercises/b.yaml", "exercises/d.yaml", "support/helper.py"} <= files.keys()

    def test_a_replaced_solution_of_the_base_is_not_exported_either(self, base: Path, tmp_path: Path) -> None:
        own = {"solutions/a.py": "a = 2 + 2\n", "support/copied.py": "a = 4\n"}
        loaded = load_course(course(tmp_path, own))
        with pytest.raises(CourseError, match=r"support/copied\.py is .*base/solutions/a\.py"):
            exported_files(loaded, loaded.assignment("sheet"), {})

    def test_a_sheet_that_asks_for_what_is_left_out_is_not_exported(self, base: Path, tmp_path: Path) -> None:
        loaded = load_course(course(tmp_path, {}, "extends: ../base\nwithout: [b]\n"))
        with pytest.raises(CourseError, match=r"sheet\.yaml asks for `b`, which this course leaves out"):
            exported_files(loaded, loaded.assignment("sheet"), {})
