"""The results of a class of any size, made by chance and equal in each run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

from grader import model
from tests.helpers import class_samples
from tests.helpers.evidence_samples import curve, gradient
from tests.helpers.report_samples import check, exercise, report

TITLES = ("Backward, twice", "Detach, a constant out of the graph", "Forward and reverse mode", "The slope of a sine")
MISTAKES = (
    "Whenever a second pass came, the gradient had been cleared before it.",
    "`u` has the right values, but it still remembers where they came from.",
    "The curve is that of the function, and not of its derivative.",
    "The gradient is that of the sum, divided by how many there are: a mean was taken.",
)
FIRST = ("Ada", "Alan", "Grace", "Joan", "Katherine", "Emmy", "Sofja", "Edsger", "Barbara", "Tony", "明", "Ólafur")
LAST = ("Lovelace", "Turing", "Hopper", "Clarke", "Johnson", "Noether", "Dijkstra", "Liskov", "Hoare", "王", "Þórsson")


def large_class(students: int, exercises: int = 8, checks: int = 4) -> model.ClassResults:
    """Stronger students have more right, and whoever makes one mistake is likely to make the next."""
    chance = random.Random(14)
    asked = tuple(
        model.AskedExercise(
            id=f"exercise-{number}", title=f"{TITLES[number % 4]} {number}", max_score=float(checks), number=str(number)
        )
        for number in range(1, exercises + 1)
    )
    made = sorted(
        (_student(number, asked, checks, chance) for number in range(students)), key=lambda one: one.student.name
    )
    return class_samples.results(*made, exercises=asked, title="Automatic differentiation", assignment="hw2")


def _student(
    number: int, asked: tuple[model.AskedExercise, ...], checks: int, chance: random.Random
) -> model.StudentResult:
    name = f"{chance.choice(LAST)}, {chance.choice(FIRST)} {number}"
    fields: dict[str, object] = {"key": str(number), "id": f"{chance.randrange(10**6, 10**7)}"}
    if chance.random() < 0.02:
        return class_samples.result(
            name,
            status="broken",
            score=0.0,
            complete=False,
            passed=False,
            outcome=None,
            why="homework.pdf is a PDF.",
            **fields,
        )
    strength = chance.gauss(0.8, 0.9)
    answers = tuple(_answer(each, checks, strength, chance) for each in asked)
    late = chance.random() < 0.1
    most = sum(each.max_score for each in asked)
    outcome = chance.choices((model.Outcome.COMPLETED, model.Outcome.TIMEOUT), (40, 1))[0]
    made = class_samples.result(name, *answers, max_score=most, outcome=outcome, **fields)
    return class_samples.late(made, by=timedelta(minutes=chance.randrange(5, 4000)), penalty=0.0) if late else made


def _answer(asked: model.AskedExercise, checks: int, strength: float, chance: random.Random) -> model.ClassExercise:
    number = int(asked.number)
    if chance.random() < 0.05:
        return model.ClassExercise(
            id=asked.id, title=asked.title, status="not_attempted", score=0.0, max_score=asked.max_score, checks=()
        )
    found: list[model.ClassCheck] = []
    for index in range(checks):
        title = f"What check {index + 1} of exercise {number} asks for, in a sentence as long as these are"
        has_failed = bool(found) and found[-1].status == "failed"
        is_right = strength + chance.gauss(0, 1) > 0.25 * index + 0.8 * has_failed
        mistake = MISTAKES[(number + index) % 4] if index % 2 == 0 and chance.random() < 0.7 else ""
        made = class_samples.check if is_right else class_samples.failed
        found.append(
            made(
                id=f"check-{index}",
                kind="value",
                title=title,
                max_score=1.0,
                score=float(is_right),
                mistake="" if is_right else mistake,
            )
        )
    score = sum(check.score or 0.0 for check in found)
    return model.ClassExercise(
        id=asked.id, title=asked.title, status="graded", score=score, max_score=asked.max_score, checks=tuple(found)
    )


def reports_of(results: model.ClassResults) -> Iterator[model.Report]:
    """The reports of the students' mistakes, each with a curve or a gradient to draw."""
    for result in results.students:
        yield report(
            *(
                exercise(
                    *(
                        check(
                            id=each.id,
                            status="failed",
                            mistake=each.mistake,
                            evidence=model.Evidence(curves=(curve(),))
                            if number % 2
                            else model.Evidence(gradients=(gradient(),)),
                        )
                        for each in answer.checks
                        if each.mistake
                    ),
                    id=answer.id,
                )
                for number, answer in enumerate(result.exercises)
            )
        )
