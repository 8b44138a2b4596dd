"""Which wrong answers go together, by classes counted by hand."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from grader import model
from grader.report.mistake_pairs import chance_of_so_many, mistake_pairs, phi
from tests.helpers.class_samples import ADDS, CUT, UNCUT, USED, ZEROED, check, exercise, failed, result, results


def handin(number: int, uncut: bool, zeroed: bool) -> model.StudentResult:
    cut = failed(**CUT, mistake=UNCUT) if uncut else check(**CUT)
    adds = failed(**ADDS, mistake=ZEROED) if zeroed else check(**ADDS)
    return result(f"student {number}", exercise("detach-semantics", cut), exercise("double-backward", adds))


def class_of(both: int, uncut: int, zeroed: int, neither: int) -> model.ClassResults:
    """So many hand-ins with both mistakes, with only the first, only the second, and neither."""
    kinds = [(True, True)] * both + [(True, False)] * uncut + [(False, True)] * zeroed + [(False, False)] * neither
    return results(*(handin(number, *kind) for number, kind in enumerate(kinds)))


def test_mistakes_that_hand_ins_share_are_a_pair_with_its_counts() -> None:
    (pair,) = mistake_pairs(class_of(8, 2, 2, 8))
    assert (pair.first.sentence, pair.second.sentence) == (UNCUT, ZEROED)
    assert (pair.both, pair.only_first, pair.only_second, pair.neither) == (8, 2, 2, 8)
    assert pair.phi == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ((8, 1, 1, 8), "18 hand-ins"),
        ((4, 0, 0, 40), "four have both"),
        ((5, 5, 5, 5), "that is what chance gives"),
        ((6, 4, 4, 6), "chance gives it too often"),
        ((0, 10, 10, 0), "they exclude each other"),
        ((0, 0, 0, 40), "nobody made them"),
    ],
)
def test_too_few_hand_ins_or_chance_make_no_pair(counts: tuple[int, int, int, int], why: str) -> None:
    assert mistake_pairs(class_of(*counts)) == (), why


def test_a_class_that_guesses_has_no_pairs() -> None:
    """1,225 pairs of 50 mistakes, made by chance: with no correction, some 60 would be called pairs."""
    chance = random.Random(14)
    asked = model.AskedExercise(id="double-backward", title="", max_score=50.0)
    guesses = [
        result(
            f"student {number}",
            exercise("double-backward", *(_guessed(f"c{one}", chance.random() < 0.4) for one in range(50))),
        )
        for number in range(60)
    ]
    assert mistake_pairs(results(*guesses, exercises=(asked,))) == ()


def _guessed(id: str, is_right: bool) -> model.ClassCheck:
    return check(id=id) if is_right else failed(id=id)


def test_what_was_skipped_or_marked_by_hand_is_not_judged_for_a_pair() -> None:
    skipped = [
        result(f"s{number}", exercise("detach-semantics", failed(**CUT), check(**USED, status="skipped", score=0.0)))
        for number in range(30)
    ]
    by_hand = [
        result(
            f"h{number}",
            exercise("detach-semantics", failed(**CUT)),
            exercise("double-backward", failed(**ADDS, marked_by="kim")),
        )
        for number in range(30)
    ]
    assert mistake_pairs(results(*skipped, *by_hand)) == ()


def test_two_mistakes_of_one_check_are_no_pair() -> None:
    made = [
        result(f"{number}", exercise("double-backward", failed(**ADDS, mistake=ZEROED if number % 2 else "")))
        for number in range(40)
    ]
    assert mistake_pairs(results(*made)) == ()


def test_a_group_s_hand_in_is_counted_once() -> None:
    class_ = class_of(4, 0, 0, 20)
    group = [replace(class_.students[0], student=model.Student(key=name, name=name)) for name in "abcdefgh"]
    assert mistake_pairs(replace(class_, students=(*class_.students, *group))) == ()


def test_the_table_of_the_lady_tasting_tea() -> None:
    # Fisher's own: all four cups right has a probability of 1 in 70, three or four of them 17 in 70.
    assert chance_of_so_many(4, 0, 0, 4) == pytest.approx(1 / 70)
    assert chance_of_so_many(3, 1, 1, 3) == pytest.approx(17 / 70)


def test_phi() -> None:
    assert phi(0, 0, 3, 4) == 0.0
    assert phi(5, 0, 0, 5) == 1.0
    assert phi(0, 5, 5, 0) == -1.0
