"""What lanes and the process that keeps the gradebook tell each other."""

from __future__ import annotations

from grader.classroom.batch import messages
from grader.pipeline.broken_reference import BrokenReference


def test_a_broken_reference_is_told_by_the_path_that_the_course_has_where_it_is_read() -> None:
    at = "/scratch/lane/course/cs101/solutions/cube.py"
    found = BrokenReference(exercise="cube", reason=f"{at} is wrong.", details=f"{at}: wrong\n  {at}:1: here")
    sent = messages.encode_references(messages.CHECKED, [found], {"/scratch/lane/course/cs101": "courses/cs101"})
    (read,) = messages.decode_references(sent)
    assert read.reason == "courses/cs101/solutions/cube.py is wrong."
    assert read.details == "courses/cs101/solutions/cube.py: wrong\n  courses/cs101/solutions/cube.py:1: here"
    assert found.reason.startswith(at)
