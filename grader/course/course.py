"""Loads a whole course, and checks that its files fit together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.course.course_checks import CourseKinds, load_course_kinds
from grader.course.course_files import second_files
from grader.course.course_folder import has_recordings, is_pack, name_of
from grader.course.course_layers import Layers, layers_of
from grader.course.course_parts import ASSIGNMENTS, EXERCISES, HANDOUT, REFERENCES, RUBRICS, SOLUTIONS, SUPPORT
from grader.course.course_settings import CourseSettings
from grader.course.exercise import Exercise, load_exercise
from grader.course.joined_files import (
    joined_assignments,
    joined_handout,
    joined_questions,
    joined_settings,
    joined_starters,
)
from grader.course.joined_support import support_mistakes
from grader.course.known_submissions import (
    MISTAKES,
    VERDICTS,
    KnownFolder,
    find_wrong_known,
)
from grader.course.named_courses import BUILT_IN
from grader.course.pack_file import Pack, load_pack
from grader.course.reserved_names import reserved_module
from grader.course.rubric import Rubric, load_rubric
from grader.course.sound_files import SoundFiles
from grader.course.starters import Starter, handed_out
from grader.course.unfinished import stand_in, written_check_ids
from grader.errors import ExerciseError, Mistake, UsageError
from grader.judging.sections.hashed_questions import HashedQuestion
from grader.language import yaml_file
from grader.language.yaml_file import shown
from grader.model import Assignment
from grader.submission.fingerprints import Handout
from grader.suggestions import did_you_mean, did_you_mean_or_all

SOLUTION_SUFFIXES = (".py", ".ipynb")
RECORDING_SUFFIX = ".recording"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseExercise:
    """An exercise with its rubric and reference solution."""

    exercise: Exercise
    rubric: Rubric
    solution: Path
    """A script or a notebook; in an exported course the recording of what it did, which is there only for exercises of
    the assignment that was exported, and in a pack only where a check compares with it."""
    path: Path = Path()
    """The exercise's file."""
    known: tuple[KnownFolder, ...] = ()
    """Where its known submissions lie, the course's own folder first; the folders need not be there."""
    numbers: tuple[str, ...] = ()
    """The numbers that the assignment's sheet gives it; several if editions of the sheet differ."""
    bonus: bool = False
    """Its points are added to the score and not to the maximum."""
    starter: str = ""
    """The code with which students begin (``handout/starters/<id>.py``); empty if it has none."""
    mistakes: tuple[Mistake, ...] = ()
    """What is wrong in its files. Where anything is, the exercise and the rubric are stand-ins (``unfinished``), there
    may be no solution, and it cannot be graded."""

    @property
    def is_recorded(self) -> bool:
        """Whether there is a recording in the place of the solution."""
        return self.solution.suffix == RECORDING_SUFFIX

    @property
    def wants_reference(self) -> bool:
        """Whether a check compares with what the reference solution did."""
        return any(check.wants_reference() for check in self.exercise.checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course that was loaded. Only the files of single exercises may have mistakes (``CourseExercise.mistakes``)."""

    root: Path
    layers: Layers
    """The course itself and the courses that it builds on."""
    exercises: tuple[CourseExercise, ...]
    """In the order of their file names."""
    handout: Handout = field(default_factory=Handout)
    """What students were given: that of handout/fingerprints.yaml, the statements of all exercises, the starters."""
    questions: tuple[HashedQuestion, ...] = ()
    """Questions that are known by hashes; none if the course has no handout/questions.yaml."""
    support: tuple[Path, ...] = ()
    """The folders of helper modules that submissions may import, in the order of their search."""
    assignments: tuple[Assignment, ...] = ()
    """In the order of their file names."""
    settings: CourseSettings = field(default_factory=CourseSettings)
    """What ``course.yaml`` says; the default assignment may be that of a base."""
    kinds: CourseKinds = field(default_factory=CourseKinds)
    """Its own kinds of checks."""
    pack: Pack | None = None
    """What it says of itself where it is a pack for students; None: it is none."""

    @property
    def default(self) -> Assignment | None:
        """The assignment that is graded where nothing names another; None if the course has no default."""
        return None if self.settings.default is None else self.assignment(self.settings.default)

    def assignment(self, name: str) -> Assignment:
        """The assignment with this id. Raises UsageError, with the known ids, if there is none."""
        found = {assignment.id: assignment for assignment in self.assignments}
        if name not in found:
            known = did_you_mean_or_all(name, found) if found else ": it has no assignments"
            raise UsageError(f"there is no assignment `{name}` in this course{known}{self._which()}")
        return found[name]

    def _which(self) -> str:
        """A hint where the course is the built-in one, since whoever names what it has not may mean another."""
        is_builtin = name_of(self.root) == BUILT_IN
        return ". This is the built-in course; --course names another one" if is_builtin else ""

    def _assigned(self, assignment: Assignment) -> tuple[CourseExercise, ...]:
        """The exercises of an assignment in its order, each with a rubric that is scaled to its points there."""
        by_id = {item.exercise.id: item for item in self.exercises}
        return tuple(
            replace(
                by_id[entry.id],
                rubric=by_id[entry.id].rubric.scaled_to(entry.points),
                numbers=entry.numbers,
                bonus=entry.bonus,
            )
            for entry in assignment.exercises
        )

    def select(self, ids: Sequence[str], assignment: Assignment | None = None) -> tuple[CourseExercise, ...]:
        """The exercises with these ids, of the assignment if there is one, in its order or in that of the course; all
        exercises if ``ids`` is empty.

        Raises UsageError for an unknown id.
        """
        exercises = self.exercises if assignment is None else self._assigned(assignment)
        if not ids:
            return exercises
        where = "in this course" if assignment is None else f"in the assignment `{assignment.id}`"
        known = [item.exercise.id for item in exercises]
        elsewhere = () if self.pack is None else tuple(one.id for one in self.pack.elsewhere)
        for name in ids:
            if name in elsewhere:
                raise UsageError(f"`{name}` is checked by your instructor: the pack has no check of it")
            if name not in known:
                hint = did_you_mean_or_all(name, known)
                raise UsageError(f"there is no exercise `{name}` {where}{hint}{self._which()}")
        return tuple(item for item in exercises if item.exercise.id in ids)


def refuse_unfinished(exercises: Iterable[CourseExercise]) -> None:
    """Raises ExerciseError with the mistakes of all these exercises, if they have any."""
    if mistakes := [mistake for item in exercises for mistake in item.mistakes]:
        raise ExerciseError(mistakes)


def load_course(root: Path, trusted: Collection[Path] = ()) -> Course:
    """Loads all files of a course, with those of the courses that it builds on.

    ``trusted``: the folders of courses whose ``checks.py`` may be imported (``trusted_checks``). Mistakes in the files
    of an exercise are those of that exercise. Raises ExerciseError with all mistakes in other files, and those of the
    exercises as well.
    """
    course, mistakes = read_course(root, trusted)
    if mistakes:
        raise ExerciseError([*mistakes, *(mistake for item in course.exercises for mistake in item.mistakes)])
    return course


def read_course(root: Path, trusted: Collection[Path] = ()) -> tuple[Course, tuple[Mistake, ...]]:
    """What could be read of a course, and the mistakes in files that are of no exercise. Where there are any, nothing
    can be graded by it. ``trusted``: as for ``load_course``.

    Raises ExerciseError where the course that it builds on, or its ``checks.py``, cannot be used: whatever else is
    wrong may follow from it.
    """
    layers = layers_of(root)
    kinds, wrong = load_course_kinds(layers.roots, trusted)
    if layers.mistakes or wrong:
        raise ExerciseError([*layers.mistakes, *wrong])
    mistakes = [*_stray_files(layers), *_wrong_support(layers)]
    starters = joined_starters(layers, mistakes)
    exercises = _load_exercises(layers, kinds, starters)
    # An exercise with mistakes of its own is known all the same: only its mistakes are reported.
    totals = dict.fromkeys(layers.exercises, 1.0)
    totals |= {item.exercise.id: item.rubric.total for item in exercises if not item.mistakes}
    assignments = joined_assignments(layers, totals, mistakes)
    pack = None
    try:
        pack = load_pack(root)
    except ExerciseError as error:
        mistakes.extend(error.mistakes)
    given = handed_out(
        statements=[item.exercise.statement for item in exercises],
        starters={item.exercise.id: item.starter for item in exercises if item.starter},
        sheets=[[entry.id for entry in assignment.exercises] for assignment in assignments],
    )
    course = Course(
        root=root,
        layers=layers,
        exercises=tuple(exercises),
        handout=joined_handout(layers, mistakes).joined(given),
        questions=joined_questions(layers, mistakes),
        support=tuple(folder for base in layers.roots if (folder := base / SUPPORT).is_dir()),
        assignments=assignments,
        settings=joined_settings(layers, mistakes),
        kinds=kinds,
        pack=pack,
    )
    return course, tuple(mistakes)


def _load_exercises(layers: Layers, kinds: CourseKinds, starters: Mapping[str, Starter]) -> list[CourseExercise]:
    """All exercises, in the order of their files' names. A rubric by itself is one that has mistakes."""
    exercises, rubrics = layers.exercises, layers.files(RUBRICS)
    folders = [root / folder for root in layers.roots for folder in (EXERCISES, RUBRICS)]
    second = [path for folder in folders for path in second_files(folder)]
    known = SoundFiles.of_user()
    loaded = []
    for stem in sorted({*exercises, *rubrics}):
        mistakes = [_second(path) for path in second if path.stem == stem]
        if stem in exercises:
            starter = starters.get(stem)
            mistakes.extend(starter.mistakes if starter is not None else ())
            item = _load_one(layers, exercises[stem], rubrics.get(stem), mistakes, kinds, known)
            loaded.append(item if starter is None else replace(item, starter=starter.code))
        else:
            root = layers.roots[layers.position_of(rubrics[stem])]
            path = root / EXERCISES / f"{stem}.yaml"
            text = f"belongs to no exercise: there is no {shown(path)}{did_you_mean(stem, exercises)}"
            loaded.append(_unfinished(layers, path, None, [*mistakes, _about(rubrics[stem], text)]))
    return loaded


def _load_one(
    layers: Layers,
    path: Path,
    rubric_path: Path | None,
    mistakes: list[Mistake],
    kinds: CourseKinds,
    known: SoundFiles,
) -> CourseExercise:
    """Loads an exercise with its rubric and solution. ``mistakes``: what is known to be wrong with it already."""
    files = (path,) if rubric_path is None else (path, rubric_path)
    key = known.key(*files)
    root = layers.roots[layers.position_of(path)]
    # A pack was made of sound files; in it, the check or the mistake that used a name may be left out.
    is_sound = is_pack(root) or known.has(key)
    exercise = rubric = None
    try:
        exercise = load_exercise(path, kinds, is_sound=is_sound)
    except ExerciseError as error:
        mistakes.extend(error.mistakes)
    if rubric_path is None:
        missing = root / RUBRICS / f"{path.stem}.yaml"
        mistakes.append(_about(missing, f"is missing; it says what each check of `{path.stem}` is worth"))
    else:
        try:
            rubric = load_rubric(rubric_path, exercise, is_sound=is_sound)
        except ExerciseError as error:
            mistakes.extend(_of_rubric(layers, path, rubric_path, error))
    existing = _solutions(layers, path.stem)
    if not existing:
        text = f"is missing; write the reference solution of `{path.stem}` there, as .py or .ipynb"
        mistakes.append(_about(root / SOLUTIONS / f"{path.stem}.py", text))
    elif len(existing) > 1:
        mistakes.append(_about(existing[1], f"is a second reference solution beside {existing[0].name}; keep one"))
    if exercise is not None and rubric is not None and not is_sound:
        mistakes.extend(_unused_names(path, exercise, rubric))
        if not mistakes:
            known.keep(key, exercise, *files)
    if mistakes or exercise is None or rubric is None or rubric_path is None:
        return _unfinished(layers, path, exercise, mistakes)
    return CourseExercise(
        exercise=exercise,
        rubric=rubric,
        solution=existing[0],
        path=path,
        known=_known(layers, path, rubric_path),
    )


def _of_rubric(layers: Layers, path: Path, rubric_path: Path, error: ExerciseError) -> tuple[Mistake, ...]:
    """The mistakes in a rubric. Where it is a base's, and the exercise is not, it only does not fit."""
    own, below = layers.position_of(path), layers.position_of(rubric_path)
    if own >= below:
        return error.mistakes
    missing = layers.roots[own] / RUBRICS / f"{path.stem}.yaml"
    first = error.mistakes[0].text
    return (_about(missing, f"is missing; {shown(rubric_path)} does not fit this course's own `{path.stem}`: {first}"),)


def _known(layers: Layers, path: Path, rubric_path: Path) -> tuple[KnownFolder, ...]:
    """The folders of an exercise's known submissions, the course's own first."""
    exercise, rubric = layers.position_of(path), layers.position_of(rubric_path)
    return tuple(
        KnownFolder(
            path=root / SOLUTIONS / MISTAKES / path.stem,
            other_exercise=layers.position_of(root) > exercise,
            other_rubric=layers.position_of(root) > rubric,
        )
        for root in layers.of_exercise(path.stem)
        if not has_recordings(root)
    )


def find_wrong_verdicts(course: Course) -> tuple[Mistake, ...]:
    """The mistakes in what is said of known submissions. Nobody's grade depends on it, so a course loads with them."""
    mistakes: list[Mistake] = []
    # What a base says of its known submissions may name exercises of it that are left out here.
    exercises = {*course.layers.exercises, *course.layers.left_out}
    for item in course.exercises:
        checks = written_check_ids(item.path) if item.mistakes else [check.id for check in item.exercise.checks]
        mistakes.extend(find_wrong_known(item.known, item.exercise.id, checks, exercises))
    for position, root in enumerate(course.layers.roots):
        known = {*course.layers.exercises, *course.layers.below(position).exercises}
        for path in sorted((root / SOLUTIONS / MISTAKES).glob(f"*/{VERDICTS}")):
            if path.parent.name not in known:
                text = f"belongs to no exercise of this course{did_you_mean(path.parent.name, known)}"
                mistakes.append(_about(path, text))
    return tuple(mistakes)


def _unused_names(path: Path, exercise: Exercise, rubric: Rubric) -> Iterator[Mistake]:
    from grader.course.unused_names import find_unused_names  # imported late: mostly a file is known to be sound

    unused = list(find_unused_names(exercise, rubric))
    document = yaml_file.load(path) if unused else None
    yield from (document.mistake(loc, text) for loc, text in unused if document is not None)


def _unfinished(layers: Layers, path: Path, exercise: Exercise | None, mistakes: Sequence[Mistake]) -> CourseExercise:
    without_checks, rubric = stand_in(path, exercise)
    solution = next(iter(_solutions(layers, path.stem)), path.parents[1] / SOLUTIONS / f"{path.stem}.py")
    return CourseExercise(
        exercise=without_checks,
        rubric=rubric,
        solution=solution,
        path=path,
        known=_known(layers, path, layers.files(RUBRICS).get(path.stem, path)),
        mistakes=tuple(mistakes),
    )


def _solutions(layers: Layers, stem: str) -> list[Path]:
    """The reference solutions of an exercise, of which there should be one: those of the first layer that has any."""
    for root in layers.of_exercise(stem):
        if has_recordings(root):
            return [root / REFERENCES / f"{stem}{RECORDING_SUFFIX}"]
        found = [path for suffix in SOLUTION_SUFFIXES if (path := root / SOLUTIONS / f"{stem}{suffix}").is_file()]
        if found:
            return found
    return []


def _stray_files(layers: Layers) -> Iterator[Mistake]:
    """Files that look like a part of the course, and of no exercise, but would be ignored."""
    for root in layers.roots:
        for folder in (ASSIGNMENTS, HANDOUT, ""):
            yield from map(_second, second_files(root / folder))


def _second(path: Path) -> Mistake:
    return _about(path, f"stands beside {path.stem}.yaml, which is read; delete one of the two")


def _wrong_support(layers: Layers) -> Iterator[Mistake]:
    """Helper modules with the name of a module that submissions import from elsewhere, and those of which it is not
    clear which of two is imported.
    """
    for root in layers.roots:
        support = root / SUPPORT
        for path in sorted(support.iterdir()) if support.is_dir() else ():
            name = reserved_module(path)
            if name is not None:
                yield _about(path, f"stands in the way of the real `{name}`, which submissions mean; rename it")
    for path, text in support_mistakes(layers):
        yield _about(path, text)


def _about(path: Path, text: str) -> Mistake:
    return Mistake(path=shown(path), line=None, text=text)
