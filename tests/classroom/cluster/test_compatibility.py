"""Workers with other versions are refused, with who has what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.classroom.cluster.compatibility import LISTED, offer_of, require_equal, why_other
from grader.errors import UsageError
from tests.helpers.fake_cluster import about

OFFER = offer_of(about(grader="0.1.0", code="a" * 64), dask="2026.8.0")
HERE = {"grader": "0.1.0", "code": "a" * 64, "dask": "2026.8.0"}


def test_equal_workers_are_taken_whatever_their_isolation() -> None:
    require_equal({"one": OFFER, "two": replace(OFFER, isolation="reduced", missing=("No namespaces.",))}, **HERE)
    assert why_other(replace(OFFER, isolation="reduced"), OFFER) == ""


def test_a_missing_package_counts_as_a_version() -> None:
    without = replace(OFFER, versions={**OFFER.versions, "torch": None})
    with pytest.raises(UsageError, match=r"two: .*torch not installed"):
        require_equal({"one": OFFER, "two": without}, **HERE)
    assert why_other(without, OFFER).startswith("it has other versions than the others: grader 0.1.0 (aaaaaaaa)")


def test_of_many_workers_some_are_named() -> None:
    offers = {f"w{number:04}": OFFER for number in range(100)} | {"x": replace(OFFER, code="b" * 64)}
    with pytest.raises(UsageError) as error:
        require_equal(offers, **HERE)
    assert f"and {100 - LISTED} more: grader" in str(error.value)
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize("wrong", [{}, {"versions": 3}, {"mechanisms": None}])
def test_what_is_no_offer_raises(wrong: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, AttributeError)):
        offer_of({**about(), **wrong} if wrong else {}, dask="")
