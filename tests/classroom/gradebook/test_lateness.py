"""What lateness costs, by the time when it was due and the time when it was handed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from grader.classroom.gradebook.lateness import lateness_of
from grader.model import Lateness, LatePolicy

BERLIN = ZoneInfo("Europe/Berlin")
DUE = datetime(2026, 12, 4, 23, 59, tzinfo=BERLIN)
POLICY = LatePolicy(penalty=0.1, per=timedelta(days=1), until=timedelta(days=3))
HOURLY = LatePolicy(penalty=0.02, per=timedelta(hours=1))


def late(
    by: timedelta, policy: LatePolicy | None = POLICY, *, score: float = 12.0, max_score: float = 15.0
) -> Lateness | None:
    return lateness_of(DUE + by, DUE, policy, score=score, max_score=max_score)


def lateness(by: timedelta, policy: LatePolicy | None = POLICY, *, score: float = 12.0) -> Lateness:
    found = late(by, policy, score=score)
    assert found is not None
    return found


class TestWhetherItIsLate:
    def test_exactly_when_it_is_due_is_in_time(self) -> None:
        assert late(timedelta(0)) is None
        assert late(timedelta(seconds=-1)) is None

    def test_a_fraction_of_a_second_makes_nobody_late(self) -> None:
        assert late(timedelta(microseconds=999_999)) is None

    def test_one_second_is_late(self) -> None:
        found = lateness(timedelta(seconds=1))
        assert (found.by, found.periods, found.penalty) == (timedelta(seconds=1), 1, 1.5)

    @pytest.mark.parametrize("zone", [UTC, ZoneInfo("America/Los_Angeles"), timezone(timedelta(hours=9))])
    def test_the_zone_in_which_it_was_handed_in_changes_nothing(self, zone: timezone) -> None:
        at = (DUE + timedelta(hours=2)).astimezone(zone)
        found = lateness_of(at, DUE, POLICY, score=12.0, max_score=15.0)
        assert found is not None
        assert (found.by, str(found.handed_in_at)) == (timedelta(hours=2), "2026-12-05 01:59:00+01:00")

    def test_without_a_policy_it_is_late_and_costs_nothing(self) -> None:
        found = lateness(timedelta(days=9), None)
        assert (found.by, found.periods, found.penalty, found.score_before) == (timedelta(days=9), 0, 0.0, 12.0)


class TestWhatItCosts:
    @pytest.mark.parametrize(
        ("by", "periods", "penalty"),
        [
            (timedelta(minutes=1), 1, 1.5),
            (timedelta(days=1), 1, 1.5),
            (timedelta(days=1, seconds=1), 2, 3.0),
            (timedelta(days=2), 2, 3.0),
            (timedelta(days=3), 3, 4.5),
        ],
    )
    def test_each_begun_period_costs_a_share_of_the_assignments_points(
        self, by: timedelta, periods: int, penalty: float
    ) -> None:
        found = lateness(by)
        assert (found.periods, found.penalty, found.ended) == (periods, pytest.approx(penalty), False)

    def test_after_the_last_time_nothing_is_given(self) -> None:
        found = lateness(timedelta(days=3, seconds=1))
        assert (found.ended, found.penalty, found.score_before) == (True, 12.0, 12.0)

    def test_nothing_goes_below_zero(self) -> None:
        assert lateness(timedelta(days=2), score=2.0).penalty == 2.0
        assert lateness(timedelta(days=2), score=0.0).penalty == 0.0

    def test_it_never_costs_more_than_all_points(self) -> None:
        found = lateness(timedelta(hours=400), HOURLY, score=20.0)
        assert (found.share, found.penalty) == (1.0, 15.0)

    def test_a_bonus_is_no_part_of_what_the_share_is_of(self) -> None:
        """17 of 15 points with a bonus: a tenth of 15 is taken away."""
        assert lateness(timedelta(hours=1), score=17.0).penalty == pytest.approx(1.5)

    def test_a_penalty_of_nothing(self) -> None:
        found = lateness(timedelta(days=1), LatePolicy(penalty=0.0, per=timedelta(days=1), until=timedelta(days=2)))
        assert (found.penalty, found.ended) == (0.0, False)


class TestWhenClocksChange:
    """In Berlin the clock goes back on 25 October 2026 at 3:00, and forward on 28 March 2027 at 2:00."""

    @pytest.mark.parametrize(
        ("day", "hours"), [(datetime(2026, 10, 24, 23, 59), 25), (datetime(2027, 3, 27, 23, 59), 23)]
    )
    def test_a_day_is_a_day_on_the_clock_however_long_it_is(self, day: datetime, hours: int) -> None:
        due = day.replace(tzinfo=BERLIN)
        policy = LatePolicy(penalty=0.1, per=timedelta(days=1), until=timedelta(days=1))
        just = (due.astimezone(UTC) + timedelta(hours=hours)).astimezone(UTC)
        for extra, periods, ended in ((0, 1, False), (1, 2, True)):
            found = lateness_of(just + timedelta(seconds=extra), due, policy, score=10.0, max_score=10.0)
            assert found is not None
            assert (found.by, found.periods, found.ended) == (timedelta(hours=hours, seconds=extra), periods, ended)

    def test_hours_are_counted_as_they_pass(self) -> None:
        due = datetime(2026, 10, 25, 1, 30, tzinfo=BERLIN)
        found = lateness_of(datetime(2026, 10, 25, 3, 30, tzinfo=BERLIN), due, HOURLY, score=10.0, max_score=10.0)
        assert found is not None
        assert (found.by, found.periods) == (timedelta(hours=3), 3)

    def test_what_comes_when_the_clock_shows_an_earlier_time_again_is_late(self) -> None:
        due = datetime(2026, 10, 25, 2, 50, tzinfo=BERLIN)
        at = due.astimezone(UTC) + timedelta(minutes=20)  # 2:10 on the clock, for the second time
        found = lateness_of(at, due, POLICY, score=10.0, max_score=10.0)
        assert found is not None
        assert (found.by, found.periods, found.penalty) == (timedelta(minutes=20), 1, 1.0)
