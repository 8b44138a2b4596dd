"""Evidence as the gradebook keeps it: what is written comes back, within a bound of bytes."""

from __future__ import annotations

import json
import zlib
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest

from grader.classroom.gradebook.evidence_format import MAX_BYTES, pack, unpack, with_evidence
from grader.model import Evidence, GradientEvidence, Location, Report, SourceLine
from tests.helpers.evidence_samples import curve, evidence, gradient, graph, largest_evidence, lines
from tests.helpers.report_samples import check, exercise, failed_check, report

KEY = ("double-backward", "c")


def report_of(found: Evidence | None, *others: Any) -> Report:
    return report(exercise(failed_check(id="c", evidence=found), *others))


def back(found: Evidence) -> Evidence:
    return unpack(pack(report_of(found)))[KEY]


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, arrays of 32 bits included, whose classes have no equality."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.allclose(one, other, rtol=1e-6, equal_nan=True)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if is_dataclass(one):
        return type(one) is type(other) and all(
            same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one)
        )
    return bool(one == other)


class TestAll:
    def test_everything_comes_back(self) -> None:
        found = evidence()
        missing = GradientEvidence(name="😀", shape=(), actual=None, expected=np.array([1e-300]), is_close=None)
        gaps = replace(curve(), name="\ud800", drawn=np.array([np.nan, np.inf, -np.inf, 1e300]), expected=None)
        gaps = replace(gaps, x=np.arange(4.0), is_shortened=True)
        found = replace(found, curves=(*found.curves, gaps), gradients=(*found.gradients, missing))
        assert same(back(found), found)
        assert same(back(found).gradients[1].expected, np.array([1e-300]))

    @pytest.mark.parametrize("close", [None, [True] * 3, [False] * 3, [True, False, True]])
    def test_which_points_of_a_curve_are_close_comes_back(self, close: list[bool] | None) -> None:
        (found,) = back(
            Evidence(curves=(replace(curve(3), is_close=None if close is None else np.array(close)),))
        ).curves
        assert (None if found.is_close is None else found.is_close.tolist()) == close

    def test_curves_of_before_do_not_know_which_points_are_close(self) -> None:
        head, _, data = zlib.decompress(pack(report_of(Evidence(curves=(curve(3),))))).partition(b"\n")
        fields = json.loads(head)
        fields["checks"][0]["curves"] = [one[:5] for one in fields["checks"][0]["curves"]]
        (found,) = unpack(zlib.compress(json.dumps(fields).encode() + b"\n" + data))[KEY].curves
        assert (found.is_close, found.x.size, found.is_shortened) == (None, 3, False)

    def test_checks_without_any_have_none(self) -> None:
        assert pack(report_of(None)) == b""
        assert unpack(b"") == {}

    def test_what_differs_in_64_bits_still_differs(self) -> None:
        found = GradientEvidence(
            name="x",
            shape=(2,),
            actual=np.array([1.0, 1 + 1e-12]),
            expected=np.ones(2),
            is_close=np.array([True, False]),
        )
        (one,) = back(Evidence(gradients=(found,))).gradients
        assert one.actual is not None
        assert (one.actual == one.expected).tolist() == [True, False]

    def test_equal_curves_are_stored_once(self) -> None:
        once, twice = (pack(report_of(Evidence(curves=(curve(500),) * count))) for count in (1, 2))
        assert len(twice) < len(once) + 20

    @pytest.mark.parametrize(
        "damaged",
        [b"no zlib", zlib.compress(b"{}"), zlib.compress(b"[]\n"), zlib.compress(b'{"format": "evidence/9"}\n')],
    )
    def test_damaged_bytes_are_a_value_error(self, damaged: bytes) -> None:
        with pytest.raises(ValueError, match=r"evidence|Expecting"):
            unpack(damaged)

    def test_cut_or_changed_bytes_are_a_value_error_or_other_values(self) -> None:
        text, _, data = zlib.decompress(pack(report_of(evidence()))).partition(b"\n")
        with pytest.raises(ValueError, match="buffer"):
            unpack(zlib.compress(text + b"\n" + data[:-8]))
        for at in range(0, len(text), 3):
            with suppress(ValueError):
                unpack(zlib.compress(text[:at] + b"9" + text[at + 1 :] + b"\n" + data))


def unlike(found: Evidence, number: int) -> Evidence:
    """The evidence with other numbers, so that it takes as much room again."""
    gradients = tuple(replace(one, expected=one.expected + number) for one in found.gradients)
    curves = tuple(
        replace(one, expected=None if one.expected is None else one.expected + number) for one in found.curves
    )
    return replace(found, gradients=gradients, curves=curves)


class TestTooMuch:
    def test_what_passed_is_left_out_first_then_gradients_then_all_but_lines(self) -> None:
        large = largest_evidence()
        drawn = Evidence(curves=(curve(500),), gradients=(gradient(),), graph=graph(), lines=lines())
        passed = [check(id=f"passed-{number}", evidence=unlike(large, number)) for number in range(3)]
        kept = unpack(pack(report_of(drawn, *passed)))
        assert same(kept[KEY], drawn)
        assert same(kept["double-backward", "passed-1"], Evidence(lines=large.lines))
        failed = [failed_check(id=f"failed-{number}", evidence=unlike(large, number)) for number in range(1, 12)]
        kept = unpack(pack(report_of(large, failed[0])))
        assert (len(kept[KEY].curves), kept[KEY].gradients, kept[KEY].graph) == (4, (), large.graph)
        packed = pack(report_of(large, *failed))
        assert len(packed) <= MAX_BYTES
        assert [one == Evidence(lines=large.lines) for one in unpack(packed).values()] == [True] * 12


class TestWithEvidence:
    def test_it_is_put_back_by_exercise_and_check(self) -> None:
        found = Evidence(gradients=(gradient(),))
        put = with_evidence(report_of(None), {KEY: found, ("other", "c"): evidence()})
        back = put.exercises[0].checks[0].evidence
        assert back is not None
        assert back.gradients is found.gradients
        assert with_evidence(report_of(None), {}) == report_of(None)

    def test_a_check_that_is_skipped_now_has_none(self) -> None:
        skipped = report(exercise(check(id="c", status="skipped")))
        assert with_evidence(skipped, {KEY: evidence()}) == skipped

    def test_lines_around_another_place_are_left_out(self) -> None:
        found = Evidence(lines=(SourceLine(number=3, text="x", is_marked=True),))
        for line, expected in ((3, found), (4, None)):
            one = report(exercise(check(id="c", location=Location(cell=1, line=line))))
            assert with_evidence(one, {KEY: found}).exercises[0].checks[0].evidence == expected
