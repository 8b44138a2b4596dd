"""The learning platforms whose exports are recognized. To add a platform, write its module and list it here."""

from __future__ import annotations

from grader.classroom.intake.platforms import canvas, gradescope, moodle
from grader.classroom.intake.platforms.platform import Platform

PLATFORMS: tuple[Platform, ...] = (
    gradescope.PLATFORM,
    canvas.PLATFORM,
    moodle.PLATFORM,
)
"""In the order in which they are tried; the first that recognizes a class reads it. ``plain`` is the fallback for a
class that none recognizes, and is therefore not among them."""
