"""``grade courses``: the courses that can be chosen by their names."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from grader.cli.streams import open_console
from grader.course.course_list import listed_courses
from grader.report import course_screen


def main(argv: Sequence[str]) -> int:
    """Print the courses that come with the grader, and the one that is found from here; 0. Raises CourseError."""
    parser = argparse.ArgumentParser(
        prog="grade courses",
        description="List the courses that come with the grader, and the one that lies in this folder or above it.",
        epilog="--course NAME takes one of them, with every command; a folder of that name is meant before a course.",
    )
    parser.parse_args(argv)
    course_screen.render_courses(listed_courses(Path.cwd()), console=open_console())
    return 0
