"""What the files and folders of a course are called. This module imports nothing."""

from __future__ import annotations

EXERCISES, RUBRICS, SOLUTIONS, SUPPORT = "exercises", "rubrics", "solutions", "support"
REFERENCES = "references"
"""Recordings of what the reference solutions did, in a course that was exported without its solutions."""
ASSIGNMENTS, HANDOUT, COURSE_FILE = "assignments", "handout", "course.yaml"
CHECKS_FILE = "checks.py"
"""Kinds of checks of the course's own (``course_checks``)."""
PACK_FILE = "pack.json"
"""In a pack, what ``grade pack`` makes for students: see ``pack_file``."""
SECRET_PARTS = (EXERCISES, RUBRICS, SOLUTIONS, REFERENCES, ASSIGNMENTS, HANDOUT, COURSE_FILE, CHECKS_FILE, PACK_FILE)
"""What no submission may see."""
PARTS = (
    EXERCISES,
    RUBRICS,
    SOLUTIONS,
    REFERENCES,
    SUPPORT,
    ASSIGNMENTS,
    HANDOUT,
    COURSE_FILE,
    "course.yml",
    CHECKS_FILE,
    PACK_FILE,
)
