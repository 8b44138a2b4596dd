"""What a loaded grader grades by, as a process of the pool reports it."""

from __future__ import annotations

from grader.classroom.batch.tasks import Ready
from grader.model import Plan, PlannedExercise
from grader.pipeline import cache_keys
from grader.pipeline.grader import Grader
from grader.pipeline.settings import Settings


def ready_of(grader: Grader) -> Ready:
    settings = grader.settings
    return Ready(
        course=grader.course_key(),
        rubrics=cache_keys.of_rubrics(settings.exercises),
        statements={item.exercise.id: item.exercise.statement for item in settings.exercises},
        plan=plan_of(settings),
        run_s=settings.limits.wall_s,
    )


def plan_of(settings: Settings) -> Plan:
    """What the total of a class is of."""
    planned = tuple(
        PlannedExercise(
            id=item.exercise.id,
            title=item.exercise.title,
            max_score=item.rubric.total,
            numbers=item.numbers,
            bonus=item.bonus,
        )
        for item in settings.exercises
    )
    assignment = settings.assignment
    return Plan(
        basis=settings.basis,
        exercises=planned if settings.explicit else (),
        assignment="" if assignment is None else assignment.id,
        title="" if assignment is None else assignment.title,
        due=None if assignment is None else assignment.due,
        late=None if assignment is None else assignment.late,
        course=settings.course,
        visibility={
            item.exercise.id: seen
            for item in settings.exercises
            if (seen := {check.id: check.visibility for check in item.exercise.checks if check.visibility != "public"})
        },
        max_files=None if assignment is None else assignment.max_files,
    )
