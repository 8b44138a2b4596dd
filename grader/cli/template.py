"""``grade template ASSIGNMENT``: the notebook and the script that students get, from the course or from a master."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli import note
from grader.cli.options import add_course_option, add_python_option, add_trust_option, parse_options
from grader.cli.written_files import check_files, write_files
from grader.course.course_folder import find_course, has_recordings, name_of
from grader.course.named_courses import course_names
from grader.course.trusted_checks import trusted_checks
from grader.errors import ExerciseError, Mistake, UsageError
from grader.pipeline.open_grader import OpenGrader
from grader.pipeline.options import GradingOptions
from grader.text import count, points

if TYPE_CHECKING:
    from grader.workbench.masters.master_file import Master
    from grader.workbench.templates.proven_template import ProvenTemplate

FORMATS = {"ipynb": ("ipynb",), "py": ("py",), "both": ("ipynb", "py")}
"""The suffixes of what is written, by what ``--format`` says."""
WHAT = "The template"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateOptions:
    assignment: str | None
    master: Path | None
    output: Path
    format: str
    force: bool
    course: Path | None
    trust_checks: tuple[Path, ...]
    python: Path | None

    def files(self, assignment: str) -> Mapping[str, Path]:
        """The files that are written, by their suffixes."""
        return {suffix: self.output / f"{assignment}.{suffix}" for suffix in FORMATS[self.format]}


def main(argv: Sequence[str]) -> int:
    """Write the template; 0. Raises UsageError, and CourseError, also where an untouched template gets points."""
    parser = _parser()
    options = parse_options(parser, argv, TemplateOptions)
    master, assignment = None, options.assignment
    if options.master is not None:
        from grader.workbench.masters.master_file import read_master

        master = read_master(options.master)
        assignment = assignment or master.assignment
    if not assignment:
        parser.error("name the assignment" + (", which the master does not name" if master else ""))
    files = options.files(assignment)
    check_files(files.values(), WHAT, force=options.force)
    root = find_course(Path.cwd(), options.course)
    asked = GradingOptions(
        course=root,
        assignment=assignment,
        python=options.python,
        trusted_checks=trusted_checks(root, options.course, options.trust_checks),
        hide=(options.output.absolute(),),
    )
    with OpenGrader(asked) as opened:
        of_master = None
        if master is None:
            proven = _of_course(assignment, files, opened, asked)
            write_files({files[suffix]: content for suffix, content in proven.contents.items()}, WHAT)
        else:
            of_master = _of_master(master, assignment, options, opened, asked)
            proven = of_master.proven
    names = ", ".join(map(str, files.values()))
    print(
        f"{names}: the template of `{assignment}`, with {count(proven.exercises, 'exercise')}. As it is, it gets 0 of "
        f"{points(proven.points)} points, and no exercise counts as attempted."
    )
    if of_master is not None:
        print(f"Written into the course: {', '.join(of_master.written) or 'nothing, all of it was there'}.")
        if of_master.deleted:
            print(f"Deleted there, since another file took its place: {', '.join(of_master.deleted)}.")
        for warning in of_master.warnings:
            note(f"warning: {warning}")
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfMaster:
    """What a master gave."""

    proven: ProvenTemplate
    written: tuple[str, ...]
    """The files that the course got."""
    deleted: tuple[str, ...]
    """The solutions that the course does not have any more, such as a script where it got a notebook."""
    warnings: tuple[Mistake, ...]


def _of_course(assignment: str, files: Mapping[str, Path], opened: OpenGrader, asked: GradingOptions) -> ProvenTemplate:
    from grader.course.course import load_course, refuse_unfinished
    from grader.workbench.templates.proven_template import prove_template
    from grader.workbench.templates.template import template_of

    course = load_course(asked.course, asked.trusted_checks)
    asked_for = course.assignment(assignment)
    exercises = course.select((), asked_for)
    refuse_unfinished(exercises)
    return prove_template(template_of(asked_for, exercises), course, files, opened)


def _of_master(
    master: Master, assignment: str, options: TemplateOptions, opened: OpenGrader, asked: GradingOptions
) -> _OfMaster:
    """Writes template, solutions and fingerprints. On any failure it is taken back."""
    from grader.course.course import load_course
    from grader.workbench.masters.course_files import files_for_course, refuse_other_solutions, tried_files
    from grader.workbench.masters.split_master import split_master
    from grader.workbench.templates.proven_template import prove_template

    root = asked.course
    if name_of(root) in course_names():
        raise UsageError("A master writes solutions into its course; name the course's folder with --course.")
    if has_recordings(root):
        raise UsageError(
            f"{root} has recordings of its references and no solutions; name the course that it was made of."
        )
    course = load_course(root, asked.trusted_checks)
    exercises = course.select((), course.assignment(assignment))
    split = split_master(master, assignment, exercises)
    if split.mistakes:
        raise ExerciseError(split.mistakes)
    into_course = files_for_course(root, split, exercises)
    replaced = refuse_other_solutions(into_course, force=options.force)
    files = options.files(assignment)
    with tried_files(into_course, replaced) if into_course else nullcontext():
        proven = prove_template(
            split.template, load_course(root, asked.trusted_checks), files, opened, master=master.path
        )
        write_files({files[suffix]: content for suffix, content in proven.contents.items()}, WHAT)
    return _OfMaster(
        proven=proven,
        written=_within(root, into_course),
        deleted=_within(root, set(replaced) - set(into_course)),
        warnings=tuple(split.warnings),
    )


def _within(root: Path, paths: Iterable[Path]) -> tuple[str, ...]:
    return tuple(sorted(path.relative_to(root).as_posix() for path in paths))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grade template",
        description="Write the notebook and the script that students get for an assignment: statements, a cell for "
        "each answer, starter code. It is graded before it is written: untouched it must get no point.",
        epilog="examples:\n  grade template hw2 --course cs101/ --output handed-out/\n"
        "  grade template hw2 --course cs101/ --master masters/hw2.ipynb",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("assignment", nargs="?", metavar="ASSIGNMENT", help="the id of the assignment")
    parser.add_argument(
        "--master",
        type=Path,
        metavar="FILE",
        help="a notebook or script with statements, and solutions between ### BEGIN SOLUTION and ### END SOLUTION: the "
        "template is made of it, and its solutions go into the course",
    )
    parser.add_argument(
        "--output", type=Path, default=Path(), metavar="DIR", help="the folder that is written to (default: this one)"
    )
    parser.add_argument(
        "--format", choices=tuple(FORMATS), default="both", help="a notebook, a script, or both (default: both)"
    )
    parser.add_argument("--force", action="store_true", help="replace files that are there")
    add_course_option(parser)
    add_trust_option(parser)
    add_python_option(parser)
    return parser
