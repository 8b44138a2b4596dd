"""Reports from hand-built judgements. No torch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.course.course import CourseExercise
from grader.judging.locations import quoted_location_of
from grader.judging.run.run_summary import summarize_run
from grader.marking.build_report import build_report
from grader.model import (
    AssignedExercise,
    Assignment,
    AttemptSignals,
    Cell,
    ExerciseReport,
    Isolation,
    JudgedExercise,
    JudgedSubmission,
    Level,
    Location,
    Observation,
    Outcome,
    Raised,
    Report,
    RunError,
    RunPlace,
    Submission,
    UncaughtError,
    Verdict,
)
from tests.helpers.verdicts import verdict

SUBMISSION = Submission(
    path="work.ipynb",
    format="ipynb",
    sha256="0" * 64,
    cells=tuple(Cell(number=n, source=f"x = {n}\ny = {n}", code="") for n in (1, 2, 3)),
)
RAN = Observation(events=(), outcome=Outcome.COMPLETED)
CODE = AttemptSignals(named=True, acted=True)
WORDS = AttemptSignals(named=True, worded=True)
NONE = AttemptSignals()


def judgement(
    first: Verdict, second: Verdict, signals: AttemptSignals = CODE, identity: str = "sample"
) -> JudgedExercise:
    sides = (False, False)
    return JudgedExercise(
        exercise=identity,
        verdicts=(first, second),
        locations=(quoted_location_of(first.place, SUBMISSION), quoted_location_of(second.place, SUBMISSION)),
        signals=replace(signals, unclaimed=sides, live=sides),
    )


def whole(
    item: CourseExercise, *judgements: JudgedExercise, explicit: bool = False, observation: Observation = RAN
) -> Report:
    items = [replace(item, exercise=item.exercise.model_copy(update={"id": one.exercise})) for one in judgements]
    return build_report(judged(*judgements, explicit=explicit, observation=observation), items)


def judged(*judgements: JudgedExercise, explicit: bool, observation: Observation = RAN) -> JudgedSubmission:
    return JudgedSubmission(
        version="0",
        seed=0,
        explicit=explicit,
        submission=SUBMISSION,
        run=summarize_run(SUBMISSION, observation),
        isolation=Isolation(level=Level.STRICT, mechanisms=()),
        exercises=judgements,
    )


def report(item: CourseExercise, first: Verdict, second: Verdict, signals: AttemptSignals = CODE) -> ExerciseReport:
    (one,) = whole(item, judgement(first, second, signals)).exercises
    return one


class TestExerciseReports:
    def test_places_are_counted_as_students_count(self, item: CourseExercise) -> None:
        here = RunPlace(cell=2, line=2, statement=9)
        first, _ = report(item, verdict("first", place=here), verdict("second")).checks
        assert (first.location, first.source) == (Location(cell=3, line=2), "y = 3")

    @pytest.mark.parametrize("place", [RunPlace(cell=9, line=1, statement=1), RunPlace(cell=-1, line=0, statement=0)])
    def test_a_place_that_is_not_there_is_left_out(self, item: CourseExercise, place: RunPlace) -> None:
        first, _ = report(item, verdict("first", place=place), verdict("second")).checks
        assert (first.location, first.source) == (None, None)

    def test_a_named_mistake_is_told_apart_from_the_message(self, item: CourseExercise) -> None:
        first, second = report(item, verdict("first", variables=({"passes": 7},)), verdict("second")).checks
        assert (first.mistake, first.message) == ("Seven passes.", "Seven passes.")
        assert (second.status, second.mistake) == ("skipped", None)

    def test_a_named_mistake_without_a_candidate_is_where_it_was_made(self, item: CourseExercise) -> None:
        places = [RunPlace(cell=cell, line=2, statement=cell) for cell in (2, 1, 0)]
        variables = tuple({"passes": passes} for passes in (1, 7, 1))
        first = verdict("first", variables=variables, places=tuple(places))
        located = tuple(quoted_location_of(place, SUBMISSION) for place in places)
        judgements = replace(judgement(first, verdict("second", "passed")), variable_locations=(located, ()))
        checks = whole(item, judgements, explicit=True).exercises[0].checks
        assert (checks[0].mistake, checks[0].location) == ("Seven passes.", Location(cell=2, line=2))
        assert checks[0].source == "y = 2"

    def test_a_mistake_that_no_event_shows_has_no_place(self, item: CourseExercise) -> None:
        place = RunPlace(cell=0, line=1, statement=1)
        first = verdict("first", variables=({"passes": 1},), places=(place,))
        located = (quoted_location_of(place, SUBMISSION),)
        judgements = replace(judgement(first, verdict("second", "passed")), variable_locations=(located, ()))
        checks = whole(item, judgements, explicit=True).exercises[0].checks
        assert (checks[0].mistake, checks[0].location) == ("Only the second.", None)

    def test_no_attempt_scores_nothing(self, item: CourseExercise) -> None:
        one = report(item, verdict("first", share=0.5), verdict("second"), NONE)
        assert (one.status, one.score, one.max_score) == ("not_attempted", 0, 4)

    def test_nothing_waits_for_a_person_where_nothing_was_attempted(self, item: CourseExercise) -> None:
        unread = judgement(verdict("first", "manual"), verdict("second", "manual"), NONE)
        whole_report = whole(item, unread, explicit=True)
        (one,) = whole_report.exercises
        assert [(check.status, check.score) for check in one.checks] == [("failed", 0), ("skipped", 0)]
        assert (one.status, whole_report.complete, whole_report.passed) == ("not_attempted", True, False)

    def test_what_fits_an_exercise_that_was_not_attempted_shows_no_points(self, item: CourseExercise) -> None:
        one = report(item, verdict("first", "passed"), verdict("second", "passed"), NONE)
        assert (one.status, one.score) == ("not_attempted", 0)
        assert [(check.status, check.score) for check in one.checks] == [("skipped", 0), ("skipped", 0)]
        assert 'A title such as "The sample" above the code says so.' in one.message

    def test_what_looks_like_a_part_of_it_is_not_called_nothing(self, item: CourseExercise) -> None:
        found = report(item, verdict("first", place=RunPlace(cell=2, line=2, statement=9)), verdict("second"), NONE)
        assert found.message.startswith("Some code looks like a part of this exercise, but nothing shows that it was")
        nothing = report(item, verdict("first"), verdict("second"), NONE)
        assert nothing.message == "Nothing was found that looks like an attempt at this exercise."

    def test_words_only_are_for_a_person(self, item: CourseExercise) -> None:
        one = report(item, verdict("first"), verdict("second"), WORDS)
        assert one.status == "graded"
        assert [check.status for check in one.checks] == ["manual", "manual"]
        assert [check.score for check in one.checks] == [None, None]

    def test_code_that_is_no_part_of_an_answer_in_words_earns_nothing(self, item: CourseExercise) -> None:
        one = report(item, verdict("first", "passed"), verdict("second", "passed"), WORDS)
        assert [check.status for check in one.checks] == ["manual", "manual"]
        assert one.score == 0

    def test_an_error_of_the_graders_is_no_zero(self, item: CourseExercise) -> None:
        broken = Observation(events=(), outcome=Outcome.SANDBOX_ERROR, detail="the worker died")
        one = whole(item, judgement(verdict("first"), verdict("second"), NONE), observation=broken).exercises[0]
        assert one.status == "error"
        assert "the worker died" in one.message

    def test_an_error_of_one_exercise_costs_the_others_nothing(self, item: CourseExercise) -> None:
        done = judgement(verdict("first", "passed"), verdict("second", "passed"))
        one = whole(item, done, JudgedExercise(exercise="other", failure="KeyError: 'x'"))
        assert [each.status for each in one.exercises] == ["graded", "error"]
        assert (one.score, one.complete) == (4, False)


class TestAssignments:
    def graded(self, item: CourseExercise, *judgements: JudgedExercise, bonus: str = "", points: float = 0.0) -> Report:
        """The report for an assignment of all these exercises: ``bonus`` is the id of one that is none of the duties,
        ``points`` is what each is worth in all.
        """
        items = [
            replace(
                item,
                exercise=item.exercise.model_copy(update={"id": one.exercise}),
                rubric=item.rubric.scaled_to(points or None),
                numbers=(str(number),),
                bonus=one.exercise == bonus,
            )
            for number, one in enumerate(judgements, 1)
        ]
        assignment = Assignment(
            id="hw2", title="Homework 2", exercises=tuple(AssignedExercise(id=one.exercise) for one in judgements)
        )
        return build_report(judged(*judgements, explicit=True), items, assignment)

    RIGHT = verdict("first", "passed"), verdict("second", "passed")
    WRONG = verdict("first"), verdict("second")

    def test_the_sheet_gives_the_order_and_the_numbers(self, item: CourseExercise) -> None:
        late = judgement(*self.RIGHT, identity="late")
        one = self.graded(item, judgement(*self.WRONG, NONE, identity="early"), late)
        assert [(each.id, each.number, each.status) for each in one.exercises] == [
            ("early", "1", "not_attempted"),
            ("late", "2", "graded"),
        ]
        assert (one.basis, one.assignment, one.assignment_title) == ("assignment", "hw2", "Homework 2")
        assert (one.score, one.max_score, one.passed) == (4, 8, False)

    def test_points_multiply_those_of_every_check(self, item: CourseExercise) -> None:
        one = self.graded(item, judgement(verdict("first", "passed"), verdict("second")), points=10)
        assert [(check.score, check.max_score) for check in one.exercises[0].checks] == [(7.5, 7.5), (0, 2.5)]
        assert (one.score, one.max_score) == (7.5, 10)

    def test_thirds_are_exact_until_they_are_written(self, item: CourseExercise) -> None:
        third = judgement(verdict("first", share=1 / 3), verdict("second"))
        one = self.graded(item, *(replace(third, exercise=name) for name in ("a", "b", "c")), points=4 / 3)
        assert one.score == pytest.approx(1, abs=1e-12)

    def test_a_bonus_adds_to_the_score_alone(self, item: CourseExercise) -> None:
        done, extra = judgement(*self.RIGHT), judgement(*self.RIGHT, identity="extra")
        one = self.graded(item, done, extra, bonus="extra")
        assert (one.score, one.max_score, one.passed) == (8, 4, True)
        assert [each.bonus for each in one.exercises] == [False, True]

    @pytest.mark.parametrize("signals", [CODE, NONE])
    def test_a_bonus_that_failed_or_is_missing_fails_nobody(
        self, item: CourseExercise, signals: AttemptSignals
    ) -> None:
        one = self.graded(item, judgement(*self.RIGHT), judgement(*self.WRONG, signals, "extra"), bonus="extra")
        assert (one.score, one.max_score, one.passed) == (4, 4, True)


class TestReports:
    def test_what_nobody_asked_for_counts_for_nothing(self, item: CourseExercise) -> None:
        done = judgement(verdict("first", "passed"), verdict("second", "passed"))
        left = judgement(verdict("first"), verdict("second"), NONE)
        one = whole(item, done, left)
        assert (one.score, one.max_score, one.passed) == (4, 4, True)
        asked = whole(item, done, left, explicit=True)
        assert (asked.score, asked.max_score, asked.passed) == (4, 8, False)

    def test_nothing_attempted_is_not_passed(self, item: CourseExercise) -> None:
        assert not whole(item, judgement(verdict("first"), verdict("second"), NONE)).passed

    def test_what_is_withheld_has_not_passed_until_it_is_marked(self, item: CourseExercise) -> None:
        withheld = verdict("first", "manual", withheld=True, withheld_code="   7  x.register_hook(h)", evidence=True)
        report = whole(item, judgement(withheld, verdict("second", "passed")))
        assert (report.passed, report.complete) == (False, False)
        first, second = report.exercises[0].checks
        assert (first.status, first.withheld, first.code) == ("manual", True, "   7  x.register_hook(h)")
        assert (second.withheld, second.code) == (False, "")

    def test_it_is_complete_when_nobody_has_to_look(self, item: CourseExercise) -> None:
        assert whole(item, judgement(verdict("first", "passed"), verdict("second"))).complete
        assert not whole(item, judgement(verdict("first", "manual"), verdict("second"))).complete

    def test_exercises_stand_in_the_submissions_order(self, item: CourseExercise) -> None:
        def at(cell: int, identity: str) -> JudgedExercise:
            place = RunPlace(cell=cell, line=1, statement=1)
            return judgement(verdict("first", place=place), verdict("second"), identity=identity)

        assert [one.id for one in whole(item, at(2, "late"), at(0, "early")).exercises] == ["early", "late"]

    def test_a_missing_module_is_said_in_words(self, item: CourseExercise) -> None:
        error = UncaughtError(
            place=RunPlace(cell=0, line=1, statement=1),
            error=Raised(type="ModuleNotFoundError", text="No module named 'tensorflow'"),
        )
        run = whole(item, observation=Observation(events=(error,), outcome=Outcome.FAILED)).run
        assert run.errors[0].location == Location(cell=1, line=1)
        assert run.notices == (
            "`tensorflow` is not installed where submissions run, so whatever needs it could not run.",
        )


UNDEFINED = RunError(
    location=SUBMISSION.location(1, 2), type="NameError", text="name 'x' is not defined", source="y = 2"
)
SAID = "Cell 2 (`x = 2`), line 2 raised NameError: name 'x' is not defined."


class TestErrorsOfTheSection:
    def report(self, item: CourseExercise, first: Verdict, *errors: RunError) -> ExerciseReport:
        (one,) = whole(item, replace(judgement(first, verdict("second")), errors=errors)).exercises
        return one

    def test_a_check_that_found_nothing_says_what_was_raised_there(self, item: CourseExercise) -> None:
        one = self.report(item, verdict("first"), UNDEFINED)
        assert one.checks[0].message == f"It did not work. {SAID}"
        assert one.message == SAID

    def test_a_check_that_found_something_does_not(self, item: CourseExercise) -> None:
        assert self.report(item, verdict("first", found=True), UNDEFINED).checks[0].message == "It did not work."

    def test_a_check_whose_mistake_is_known_does_not(self, item: CourseExercise) -> None:
        known = verdict("first", variables=({"passes": 7},))
        one = self.report(item, known, UNDEFINED)
        assert (one.message, one.checks[0].message) == ("", "Seven passes.")

    def test_a_consequence_names_its_cause(self, item: CourseExercise) -> None:
        follows = replace(UNDEFINED, cause=SUBMISSION.location(0, 1), needs=("x",))
        assert (
            self.report(item, verdict("first"), follows)
            .checks[0]
            .message.endswith(
                "NameError: name 'x' is not defined, which follows from the error at cell 1 (`x = 1`), line 1."
            )
        )

    def test_a_statement_that_was_stopped_raised_nothing(self, item: CourseExercise) -> None:
        stopped = replace(UNDEFINED, type="Stopped", text="took too long")
        assert self.report(item, verdict("first"), stopped).message == (
            "Cell 2 (`x = 2`), line 2 was stopped: took too long."
        )

    def test_others_are_counted_and_each_sentence_has_one_sign(self, item: CourseExercise) -> None:
        ends = replace(UNDEFINED, text="name 'y' is not defined. Did you mean: 'x'?")
        assert self.report(item, verdict("first"), ends, UNDEFINED).message.endswith("'x'? 1 more error follows.")

    def test_words_in_a_cell_for_code_are_no_reason(self, item: CourseExercise) -> None:
        words = replace(
            UNDEFINED, type="SyntaxError", text="This is text, not Python: begin it with #. It was left out."
        )
        one = self.report(item, verdict("first"), words)
        assert (one.message, one.checks[0].message) == ("", "It did not work.")


class TestProvokedErrors:
    HERE = RunPlace(cell=1, line=2, statement=2)
    ERROR = UncaughtError(place=HERE, error=Raised(type="RuntimeError", text="a second time"))

    def provoked(self, item: CourseExercise, first: Verdict, signals: AttemptSignals = CODE) -> bool:
        observation = Observation(events=(self.ERROR,), outcome=Outcome.FAILED)
        raising = item.exercise.checks[0].model_copy(update={"kind": "raises"})
        exercise = item.exercise.model_copy(update={"checks": (raising, *item.exercise.checks[1:])})
        report = whole(
            replace(item, exercise=exercise), judgement(first, verdict("second"), signals), observation=observation
        )
        return report.run.errors[0].provoked

    def test_what_a_check_asks_for_is(self, item: CourseExercise) -> None:
        assert self.provoked(item, verdict("first", "passed", place=self.HERE))

    def test_another_line_is_not(self, item: CourseExercise) -> None:
        assert not self.provoked(item, verdict("first", "passed", place=replace(self.HERE, line=1)))

    def test_what_did_not_pass_is_not(self, item: CourseExercise) -> None:
        assert not self.provoked(item, verdict("first", "failed", place=self.HERE))

    def test_an_exercise_that_was_not_attempted_wants_nothing(self, item: CourseExercise) -> None:
        assert not self.provoked(item, verdict("first", "passed", place=self.HERE), NONE)

    def test_a_check_of_another_kind_wants_no_error(self, item: CourseExercise) -> None:
        observation = Observation(events=(self.ERROR,), outcome=Outcome.FAILED)
        judged_here = judgement(verdict("first", "passed", place=self.HERE), verdict("second"))
        assert not whole(item, judged_here, observation=observation).run.errors[0].provoked
