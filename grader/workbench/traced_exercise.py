"""What happened at each step when a submission was graded by one exercise: verdicts, points, and what decided."""

from __future__ import annotations

from grader.marking.traced_mistakes import traced_mistakes
from grader.model import CheckTrace, Submission, TracedExercise
from grader.pipeline.grader import Grader


def trace_exercise(grader: Grader, submission: Submission) -> TracedExercise:
    """Grade a submission by the only exercise of a grader, with what decided about each check.

    Raises CourseError where the exercise's reference fails, SandboxError where nothing can be run.
    """
    traces: dict[tuple[str, str], CheckTrace] = {}
    judged = grader.judge(submission, traces=traces)
    report = grader.mark(judged)
    (exercise,), (item,) = report.exercises, grader.settings.exercises
    return TracedExercise(
        path=submission.path,
        exercise=exercise,
        run=report.run,
        traces=tuple(traces[exercise.id, check.id] for check in exercise.checks if (exercise.id, check.id) in traces),
        mistakes=traced_mistakes(item, judged.exercises[0].verdicts),
    )
