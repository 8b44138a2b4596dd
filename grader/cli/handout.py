"""``grade handout``: fingerprint the notebooks that students are given, so that unchanged cells are no attempt."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from grader import submission
from grader.cli.options import parse_options
from grader.course.handout_file import HANDOUT_FILE, handout_text
from grader.handin import WorkFiles, read_handin
from grader.submission.fingerprints import handout_of


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoutOptions:
    files: tuple[str, ...]


def main(argv: Sequence[str]) -> int:
    """Print a handout/fingerprints.yaml; 0, or 2 where a file cannot be read."""
    parser = argparse.ArgumentParser(
        prog="grade handout",
        description="Print the fingerprints of the notebooks or scripts that students are given. What comes back "
        f"unchanged is then no attempt at an exercise. Keep the output as {HANDOUT_FILE} in the course's folder.",
        epilog=f"example: grade handout given/*.ipynb > {HANDOUT_FILE}",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a notebook or script, or a folder of them")
    options = parse_options(parser, argv, HandoutOptions)
    handins = [read_handin(path, WorkFiles()) for path in options.files]
    loaded = [submission.read(file.read(), file.path) for handed in handins for file in handed.files]
    print(handout_text(handout_of(loaded)), end="")
    return 0
