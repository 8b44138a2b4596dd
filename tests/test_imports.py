"""Imports go down from room to room, in no circle, and torch is loaded in the sandbox only.

The order of the rooms and what else may not be imported are contracts in pyproject.toml, which import-linter holds.
Its graph has every import of a module, also those inside functions and below ``if TYPE_CHECKING``.
"""

from __future__ import annotations

import graphlib
import os
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

# The packages that submissions may count on, and the name of the runtime in the sandbox.
RUNTIME_MAY_IMPORT = sys.stdlib_module_names | {"numpy", "torch", "matplotlib", "grader_runtime"}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("grader", include_external_packages=True, cache_dir=None)


def imports(graph: grimp.ImportGraph, package: str) -> set[tuple[str, str]]:
    """Every import of a package's modules, as the module and what it imports from outside the package."""
    modules = {package} | graph.find_descendants(package)
    return {(name, other) for name in modules for other in graph.find_modules_directly_imported_by(name) - modules}


def test_every_contract_is_kept(root: Path) -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    assert " 0 broken." in done.stdout


def test_no_modules_import_each_other_in_a_circle(graph: grimp.ImportGraph) -> None:
    modules = {name for name in graph.modules if not graph.is_module_squashed(name)}
    order = graphlib.TopologicalSorter({name: graph.find_modules_directly_imported_by(name) for name in modules})
    order.prepare()  # raises CycleError, which names the circle


def test_the_runtime_imports_only_what_the_course_has(graph: grimp.ImportGraph) -> None:
    assert not {(name, other) for name, other in imports(graph, "grader.runtime") if other not in RUNTIME_MAY_IMPORT}


def test_the_protocol_imports_the_standard_library_only(graph: grimp.ImportGraph) -> None:
    protocol = imports(graph, "grader.runtime.protocol")
    assert not {(name, other) for name, other in protocol if other not in sys.stdlib_module_names}


def test_loading_it_does_not_load_torch(root: Path) -> None:
    modules = (
        "grader.cli",
        "grader.pipeline.grader",
        "grader.judging.judge",
        "grader.report.terminal.report",
        "grader.classroom.batch.batch",
        "grader.classroom.batch.lane_process",
    )
    script = (
        "import importlib, sys\nfor name in sys.argv[1:]:\n    importlib.import_module(name)\n"
        "    assert not any(each.split('.')[0] == 'torch' for each in sys.modules), name"
    )
    command = [sys.executable, "-c", script, *modules]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_course_without_mistakes_loads_only_the_kinds_that_it_uses(root: Path, tmp_path: Path) -> None:
    """And not what looks for lines that prove nothing: what is in the cache is known to have none."""
    for folder, text in (
        ("exercises", "id: x\ntitle: T\nstatement: S\nchecks: [{id: a, kind: value, names: {w: w}, holds: w == 3}]"),
        ("rubrics", "exercise: x\nchecks: {a: {points: 1}}"),
        ("solutions", "w = 3"),
    ):
        path = tmp_path / "course" / folder / ("x.py" if folder == "solutions" else "x.yaml")
        path.parent.mkdir(parents=True)
        path.write_text(text)
    script = (
        "import sys; from pathlib import Path; from grader.course.course import load_course; "
        "assert not load_course(Path(sys.argv[1])).exercises[0].mistakes; "
        "print(*sorted(name.rpartition('.')[2] for name in sys.modules if name.startswith('grader.')))"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
    command = [sys.executable, "-c", script, str(tmp_path / "course")]
    loaded = [
        subprocess.check_output(command, cwd=root, env=environment, text=True).split() for _ in ("found", "known")
    ]
    lints = {"always_met", "idle_lines", "made_up_variables", "unproving_checks", "unused_names"}
    assert [lints & set(names) for names in loaded] == [lints, set()]
    assert {"value"} == {"answer", "backward", "function", "module", "plot", "raises", "steps", "value"} & set(
        loaded[1]
    )


def test_a_process_of_the_pool_does_without_the_database(root: Path) -> None:
    """Every process of the pool imports what grades a task, for each batch."""
    script = (
        "import sys, grader.classroom.batch.lane_process, grader.classroom.batch.grade_task, "
        "grader.classroom.batch.messages; sys.exit(str({'sqlalchemy', 'alembic', 'rich'} & set(sys.modules) or 0))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "0"
