"""Bounds of statistics: right answers keep within them, wrong ones do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from grader.judging.modules.statistics_bounds import bernstein, compare_average, compare_kept
from grader.model import Array, Statistics

X = np.linspace(1.0, 2.0, 20)


def statistics_of(outputs: npt.NDArray[Any]) -> Statistics:
    """The statistics of outputs, one a row."""
    kept = (outputs != 0).mean(axis=1)
    return Statistics(
        calls=len(outputs),
        average=_array(outputs.mean(axis=0)),
        spread=_array(outputs.std(axis=0, ddof=1)),
        width=_array(outputs.max(axis=0) - outputs.min(axis=0)),
        kept=_array(kept.mean()),
        kept_spread=_array(kept.std(ddof=1)),
    )


def _array(data: Any) -> Array:
    data = np.asarray(data, dtype=np.float64)
    return Array(kind="ndarray", dtype="float64", shape=data.shape, data=data)


def dropped(seed: int, p: float, calls: int = 200, *, together: bool = False, scale: float | None = None) -> Statistics:
    mask = np.random.default_rng(seed).random((calls, 1 if together else X.size)) >= p
    return statistics_of(X * mask / (1 - p if scale is None else scale))


class TestKept:
    def test_right_shares_pass_each_time(self) -> None:
        for p in (0.01, 0.1, 0.3, 0.5, 0.9):
            for together in (False, True)[: 1 + (p > 0.05)]:
                found = [compare_kept(dropped(seed, p, together=together), 1 - p).equal for seed in range(200)]
                assert all(found), (p, together)

    def test_wrong_shares_fail(self) -> None:
        assert not compare_kept(dropped(0, 0.3), 0.3).equal
        assert not compare_kept(dropped(0, 0.3), 0.75).equal
        assert not compare_kept(dropped(0, 0.0), 0.95).equal
        assert "0.7" in compare_kept(dropped(0, 0.3), 0.75).message

    def test_a_share_that_does_not_vary_is_as_good(self) -> None:
        assert compare_kept(statistics_of(np.tile(X * (np.arange(20) < 14), (200, 1))), 0.7).equal


class TestAverage:
    def test_right_means_pass_each_time(self) -> None:
        for p in (0.01, 0.1, 0.3, 0.5, 0.9):
            found = [compare_average(dropped(seed, p), _array(X)).equal for seed in range(200)]
            assert all(found), p

    def test_a_mean_that_shrinks_fails(self) -> None:
        assert not compare_average(dropped(0, 0.5, scale=1.0), _array(X)).equal
        assert not compare_average(dropped(0, 0.3, calls=400, scale=1.0), _array(X)).equal
        assert not compare_average(dropped(0, 0.1, calls=1_000, scale=1.0), _array(X)).equal

    def test_noise_around_zero_passes(self) -> None:
        noise = np.random.default_rng(0).standard_normal((200, 5))
        assert compare_average(statistics_of(noise), 0.0).equal
        assert not compare_average(statistics_of(noise + 1), 0.0).equal

    def test_another_shape_or_no_number_fails(self) -> None:
        assert not compare_average(dropped(0, 0.5), _array(np.ones(3))).equal
        assert not compare_average(dropped(0, 0.5), None).equal


def test_bernsteins_bound_is_no_smaller_than_what_chance_does() -> None:
    """One in a thousand, so that it can be seen: no more than that of 20,000 means are farther away."""
    generator = np.random.default_rng(0)
    for p, count in ((0.5, 40), (0.05, 100), (0.9, 200)):
        means = generator.binomial(count, p, 20_000) / count
        bound = bernstein(p * (1 - p), 1.0, count, error_rate=1e-3)
        assert (np.abs(means - p) > bound).mean() <= 1e-3
