"""Whether a batch is of the class and homework that its name stands for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.batch.class_change import check_found, is_unsure, place
from grader.classroom.gradebook.handin_rows import Placement
from grader.classroom.gradebook.known_class import KnownClass, KnownFile
from grader.classroom.intake import StudentHandin
from grader.errors import SubmissionError, UsageError
from grader.handin import HandedFile
from grader.model import Plan, PlannedExercise, Student
from grader.pipeline.options import GradingOptions

FOUND = Plan(basis="found")
ABC = [f"student {letter}" for letter in "abcdefghij"]


class Content:
    """A FileTree of one file; None cannot be read."""

    name = "class"
    sizes: dict[str, int] = {}  # noqa: RUF012 - never changed
    folders = notices = remarks = ()

    def __init__(self, content: bytes | None) -> None:
        self._content = content

    def read(self, path: str, limit: int) -> bytes:
        if self._content is None:
            raise SubmissionError(f"{path}: damaged")
        return self._content[:limit]

    def close(self) -> None: ...


def plan(*exercises: str, basis: Any = "exercises") -> Plan:
    return Plan(basis=basis, exercises=tuple(PlannedExercise(id=name, title=name) for name in exercises))


def file(name: str, content: bytes | None) -> HandedFile:
    return HandedFile(path=name, name=name, size=1, key=name, tree=Content(content))


def came(people: Iterable[str], name: str = "hw.py", content: str = "as before") -> list[StudentHandin]:
    """A hand-in of each student: a file that differs from those of others."""
    return [
        StudentHandin(
            students=(Student(key=person, name=person),),
            path=person,
            files=(file(name, f"{person} {content}".encode()),),
        )
        for person in people
    ]


def known(*sections: Iterable[str], plan: Plan = FOUND, name: str = "hw.py") -> KnownClass:
    """A class whose students handed in what ``came`` makes."""
    everybody = [person for section in sections for person in section]
    digests = {person: hashlib.sha256(f"{person} as before".encode()).hexdigest() for person in everybody}
    return KnownClass(
        plan=plan,
        sections={number: frozenset(section) for number, section in enumerate(sections, start=1)},
        files={person: (KnownFile(name=name, sha256=digest),) for person, digest in digests.items()},
    )


def options(*exercises: str, assignment: str | None = None) -> GradingOptions:
    return GradingOptions(course=Path("course"), exercises=exercises, assignment=assignment)


def placed(
    before: KnownClass | None, now: list[StudentHandin], asked: GradingOptions | None = None, earlier: Any = "refuse"
) -> Placement:
    return place(before, "hw2", now, asked or options(), earlier)


def refusal(*arguments: Any, **options: Any) -> str:
    with pytest.raises(UsageError) as caught:
        placed(*arguments, **options)
    return str(caught.value)


class TestStudents:
    def test_a_first_batch_is_the_first_section(self) -> None:
        assert placed(None, came(ABC)) == Placement(section=1, replaced=frozenset({1}))
        assert placed(KnownClass(plan=FOUND), came(ABC)) == Placement()

    @pytest.mark.parametrize("back", [5, 6, 10])
    def test_where_half_come_back_it_is_the_class(self, back: int) -> None:
        assert placed(known(ABC), came([*ABC[:back], "new 1", "new 2"])) == Placement()

    def test_where_fewer_come_back_it_is_refused_with_the_counts_and_the_ways_out(self) -> None:
        assert refusal(known(ABC), came([*ABC[:4], *"xyz"])) == (
            "Of the 10 students known under `hw2`, 4 come back in this batch of 7 students: this looks like another "
            "class. Nothing was graded. --add keeps both, as two sections; --name NAME gives this one a name of its "
            "own; --replace takes this one instead: the earlier one leaves the results, and its gradings and marks "
            "stay in the gradebook."
        )

    def test_an_assignment_has_no_other_name(self) -> None:
        said = refusal(known(ABC), came("xyz"), options(assignment="hw2"))
        assert "nobody comes back" in said
        assert "--name" not in said

    def test_one_who_is_joined_by_others_is_no_loss(self) -> None:
        assert placed(known(ABC[:1]), came(ABC)) == Placement()

    def test_the_only_one_who_is_gone_is_a_loss(self) -> None:
        assert "Of the only student known under `hw2`, nobody comes back" in refusal(known(ABC[:1]), came("x"))

    def test_add_is_a_section_of_its_own(self) -> None:
        assert placed(known(ABC), came("xyz"), earlier="add") == Placement(section=2, replaced=frozenset())

    def test_add_once_more_goes_into_the_section_that_it_was(self) -> None:
        assert placed(known(ABC, "xyz"), came("xyz"), earlier="add") == Placement(section=2, replaced=frozenset())

    def test_a_section_that_comes_again_leaves_the_others(self) -> None:
        before = known(ABC, "xyz")
        assert placed(before, came("xy")) == Placement(section=2, replaced=frozenset({2}))
        assert placed(before, came(ABC)) == Placement(section=1, replaced=frozenset({1}))
        assert placed(before, came([*ABC, *"xyz"])) == Placement(section=1, replaced=frozenset({1, 2}))

    def test_somebody_who_moved_brings_no_small_section_back(self) -> None:
        before = known(ABC, [ABC[0], "x"])
        assert placed(before, came(ABC)) == Placement(section=1, replaced=frozenset({1}))
        assert placed(before, came([ABC[0], "x"])) == Placement(section=2, replaced=frozenset({2}))
        assert placed(before, came([*ABC, "x"])) == Placement(section=1, replaced=frozenset({1, 2}))

    def test_replace_takes_the_place_of_all_sections(self) -> None:
        assert placed(known(ABC, "xyz"), came("q"), earlier="replace") == Placement(
            section=1, replaced=frozenset({1, 2})
        )


class TestExercises:
    @pytest.mark.parametrize(
        ("before", "now", "said"),
        [
            (plan("a"), options("b"), "`hw2` was graded for a, and this batch is for b."),
            (plan("a", "b"), options("a"), "was graded for a and b, and this batch is for a."),
            (plan("a"), options(), "for a, and this batch is for whatever is found in it (without --exercise)."),
            (FOUND, options("a"), "for whatever is found in it (without --exercise), and this batch is for a."),
            (plan("a", "b", basis="assignment"), options("a", "b"), "for the whole assignment, and this batch is for"),
        ],
    )
    def test_others_are_refused_with_the_ways_out(self, before: Plan, now: GradingOptions, said: str) -> None:
        for earlier in ("refuse", "add"):
            text = refusal(known(ABC, plan=before), came(ABC), now, earlier)
            assert said in text
            assert "Nothing was graded. --name NAME keeps both, under two names; --replace takes this one" in text
        assert placed(known(ABC, plan=before), came(ABC), now, "replace") == Placement()

    def test_the_same_are_the_same_in_any_order(self) -> None:
        assert placed(known(ABC, plan=plan("a", "b")), came(ABC), options("b", "a", "b")) == Placement()

    def test_those_of_an_assignment_may_change(self) -> None:
        for before in (plan("a", basis="assignment"), plan("a"), FOUND):
            assert placed(known(ABC, plan=before), came(ABC), options(assignment="hw2")) == Placement()

    def test_a_part_of_an_assignment_does_not_replace_the_whole(self) -> None:
        said = refusal(known(ABC, plan=plan("a", basis="assignment")), came(ABC), options("a", assignment="hw2"))
        assert "--name" not in said


class TestHomework:
    def test_one_file_of_before_makes_it_the_same_homework(self) -> None:
        assert placed(known(ABC), [*came(ABC[:1]), *came(ABC[1:], content="better")]) == Placement()

    def test_where_nobody_of_many_has_one_it_looks_like_another(self) -> None:
        assert refusal(known(ABC), came(ABC, content="other")) == (
            "The students known under `hw2` come back, and nobody with a file that was graded before: this looks like "
            "another homework. Nothing was graded. --name NAME keeps both, under two names; --replace takes this one "
            "instead: the earlier one leaves the results, and its gradings and marks stay in the gradebook."
        )

    def test_few_may_all_have_improved_their_files(self) -> None:
        assert placed(known(ABC[:3]), came(ABC[:3], content="better")) == Placement()

    def test_files_of_other_names_look_like_another_homework_also_of_few(self) -> None:
        assert "another homework" in refusal(known(ABC[:3]), came(ABC[:3], name="hw3.py", content="other"))

    def test_where_the_old_names_are_not_known_few_are_believed(self) -> None:
        assert placed(known(ABC[:3], name=""), came(ABC[:3], name="hw3.py", content="other")) == Placement()

    def test_an_assignment_says_which_homework_it_is(self) -> None:
        before = known(ABC, plan=plan("a", basis="assignment"))
        assert placed(before, came(ABC, content="other"), options(assignment="hw2")) == Placement()

    def test_a_file_that_cannot_be_read_is_no_file_of_before(self) -> None:
        broken = StudentHandin(students=(Student(key=ABC[0], name="a"),), path="a", files=(file("other.py", None),))
        assert "another homework" in refusal(known(ABC[:1]), [broken])


def test_nothing_is_read_of_a_class_that_is_not_known() -> None:
    unreadable: Mapping[str, Any] = {"students": (Student(key="a", name="a"),), "path": "a"}
    assert placed(None, [StudentHandin(**unreadable, files=(file("hw.py", None),))]) == Placement()


class TestWhatIsFound:
    def test_only_where_nobody_has_a_file_of_before_it_is_not_sure(self) -> None:
        few, better = known(ABC[:2]), came(ABC[:2], content="better")
        assert is_unsure(few, better, options(), "refuse")
        assert not is_unsure(few, came(ABC[:2]), options(), "refuse")
        assert not is_unsure(few, came("xy"), options(), "refuse")
        assert not is_unsure(few, better, options(), "replace")
        assert not is_unsure(few, better, options(assignment="hw2"), "refuse")
        assert not is_unsure(known(ABC[:2], plan=plan("a")), better, options("a"), "refuse")

    @pytest.mark.parametrize(
        ("before", "now"), [({"a"}, {"a", "b"}), ({"a", "b"}, {"b"}), (set(), {"b"}), ({"a"}, set())]
    )
    def test_where_half_is_found_again_or_nothing_can_be_said_it_goes_on(self, before: set[str], now: set[str]) -> None:
        check_found("hw2", before, now)

    def test_where_less_is_found_again_it_is_refused(self) -> None:
        with pytest.raises(UsageError) as caught:
            check_found("hw2", {"a", "b", "c"}, {"c", "d"})
        assert "answers to a, b and c, and this batch has answers to c and d: this looks like another" in str(
            caught.value
        )
