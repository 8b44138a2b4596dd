"""Checks of the kind ``output``: the place of what was printed, what came closest, and mistakes in the check itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import ValidationError

from grader.judging.checks import output
from grader.judging.checks.output import OutputCheck
from grader.judging.context import Subject
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.sections import find_sections
from grader.model import Cell, Observation, Outcome, Output, RunPlace, Submission, Verdict
from grader.runtime.protocol.record import OUTPUT_CUT
from grader.submission.fingerprints import Handout
from tests.helpers.exercises import double_backward

Printed = tuple[int, int, str]
"""Cell and line, from 1, and the text."""


def judge(printed: Sequence[Printed], **fields: Any) -> Verdict:
    check = OutputCheck.model_validate({"id": "printed", "kind": "output", **fields})
    cells = tuple(Cell(number=number, source="f()\n" * 9, code="f()\n" * 9) for number in (1, 2, 3))
    submission = Submission(path="n.ipynb", format="ipynb", sha256="", cells=cells)
    events = tuple(
        Output(place=RunPlace(cell=cell - 1, line=line, statement=line), stream="stdout", text=text)
        for cell, line, text in printed
    )
    observed = Observed(Observation(events=events, outcome=Outcome.COMPLETED))
    names = double_backward().names
    section = find_sections(submission, [names])[names.id]
    subject = Subject(observed=observed, submission=submission, section=section, handout=Handout())
    (verdict,) = Judge("sample", [check], seed=0).judge(subject, reference=None)
    return verdict


def place(verdict: Verdict) -> tuple[int, int] | None:
    return None if verdict.place is None else (verdict.place.cell + 1, verdict.place.line)


class TestItsPlace:
    LINES: Sequence[Printed] = ((1, 1, "loading\n"), (2, 1, "epoch 1\n"), (2, 2, "the sum is 6\n"), (2, 3, "bye\n"))

    def test_is_the_statement_that_printed_and_not_the_first_of_its_cell(self) -> None:
        assert place(judge(self.LINES, text="the sum is 6")) == (2, 2)
        assert place(judge(self.LINES, pattern=r"sum\D+6")) == (2, 2)

    def test_of_a_text_from_several_statements_is_where_it_begins(self) -> None:
        assert place(judge(self.LINES, text="epoch 1 the sum is 6 bye")) == (2, 1)
        assert place(judge([(1, 1, "a"), (1, 2, "b"), (1, 3, "c")], text="bc")) == (1, 2)

    def test_what_comes_after_it_is_later_than_all_of_it(self) -> None:
        assert judge(self.LINES, text="epoch 1 the sum is 6").position == 2

    def test_spaces_and_line_ends_count_as_one_space(self) -> None:
        assert place(judge([(1, 1, "x\n"), (1, 2, "the  sum\n\tis"), (1, 3, " 6")], text=" the sum is\n6 ")) == (1, 2)

    def test_a_text_is_no_pattern(self) -> None:
        assert judge([(1, 1, "f(x) = 2"), (1, 2, "[a]")], text="f(x)").status == "passed"
        assert judge([(1, 1, "fx")], text="f.").status == "failed"


class TestALongOutput:
    LOG = "".join(f"loss after step {number}\n" for number in range(200_000))

    def test_is_read_to_its_end(self) -> None:
        printed = [(1, 1, "x" * 5_000_000), (1, 2, self.LOG), (2, 1, "the sum is 6\n")]
        assert place(judge(printed, text="loss after step 123456")) == (1, 2)
        assert place(judge(printed, pattern=r"step\s123456$(?m:)")) is None
        assert place(judge(printed, pattern=r"(?m)^loss\D+123456$")) == (1, 2)
        assert place(judge(printed, pattern=r"sum\D+6")) == (2, 1)

    def test_has_no_end_where_a_window_ends(self) -> None:
        assert judge([(1, 1, self.LOG)], pattern=r"\Aloss|step 199999\n\Z").status == "passed"
        assert judge([(1, 1, self.LOG)], pattern=r"step \d+$(?!\n\Z)").status == "failed"

    def test_costs_a_pattern_no_more_than_so_many_steps(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(output, "MAX_STEPS", 10_000_000)
        assert judge([(1, 1, "1" * 1_000_000)], pattern=r"\d+\.").status == "failed"


class TestWhatCameClosest:
    def test_is_named_with_its_place(self) -> None:
        lines = [(1, 1, "the mean is 2\n"), (2, 4, "loss 1\nthe sum is 7\n"), (3, 1, "bye\n")]
        verdict = judge(lines, text="the sum is 6")
        assert verdict.message == 'No cell printed "the sum is 6". The closest to it is "the sum is 7".'
        assert (place(verdict), verdict.found) == ((2, 4), False)

    def test_is_nothing_where_less_than_half_of_the_words_are_there(self) -> None:
        verdict = judge([(1, 1, "the end\n")], text="the sum is 6")
        assert (verdict.message, place(verdict)) == ('No cell printed "the sum is 6".', None)

    def test_a_long_line_is_shortened(self) -> None:
        assert len(judge([(1, 1, "6 " * 500)], text="6 " * 499 + "7").message) < 1_300

    def test_that_not_all_was_recorded_is_said(self) -> None:
        verdict = judge([(1, 1, "a"), (1, 1, OUTPUT_CUT), (1, 1, "b")], text="ab")
        assert verdict.status == "failed"
        assert verdict.message.endswith("so that it may stand in what is missing.")

    def test_is_found_at_both_ends_of_a_long_output(self) -> None:
        flood = "loss 0.1\n" * 100_000
        for lines in ([(1, 1, "the sum is 7\n" + flood)], [(1, 1, flood), (1, 1, flood + "the sum is 7\n")]):
            assert 'The closest to it is "the sum is 7"' in judge(lines, text="the sum is 6").message

    def test_where_nothing_was_printed_that_is_said(self) -> None:
        assert judge([], text="6").message == 'Nothing was printed, so "6" was not either.'


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"pattern": "("}, "`(` is no regular expression: missing ), unterminated subpattern"),
        ({}, "give either `text` or `pattern`"),
        ({"text": "a", "pattern": "b"}, "give either `text` or `pattern`"),
        ({"text": "a", "holds": "1 == 1"}, "printed text has no values; leave it out"),
    ],
)
def test_a_mistake_is_said(fields: dict[str, str], why: str) -> None:
    with pytest.raises(ValidationError) as caught:
        OutputCheck.model_validate({"id": "printed", "kind": "output", **fields})
    assert why in str(caught.value)
