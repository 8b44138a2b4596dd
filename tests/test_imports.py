"""Imports run one way, and torch is loaded in the sandbox only."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = "grader.runtime"
PROTOCOL = "grader.runtime.protocol"

# Packages of our own, each with those that it may import; nothing else of grader/.
LAYERS = {
    "grader.model": set[str](),
    "grader.errors": set[str](),
    "grader.sandbox": {"grader.errors", "grader.model", "grader.runtime.protocol"},
    "grader.marking.score": {
        "grader.errors",
        "grader.model",
        "grader.course.exercise",
        "grader.course.rubric",
        "grader.language.expression",
    },
    "grader.report": {"grader.errors", "grader.model"},
    "grader.classroom.intake": {"grader.errors", "grader.model", "grader.submission"},
    "grader.classroom.gradebook": {"grader.errors", "grader.model", "grader.classroom.intake"},
}

# What the formats of reports share.
SHARED_BY_FORMATS = {f"grader.report.{name}" for name in ("text", "signs", "schema", "sheet", "roster", "cohort")}

# What the course's environment has, and the name that the runtime goes by in the sandbox.
RUNTIME_MAY_IMPORT = sys.stdlib_module_names | {"numpy", "torch", "matplotlib", "grader_runtime"}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted((ROOT / "grader").rglob("*.py"))}


def imports(module: str) -> Iterator[tuple[int, str]]:
    """Line and full name of everything that a module imports: ``from a import b`` gives ``a.b``."""
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def places(module: str, wrong: Iterator[tuple[int, str]]) -> list[str]:
    return [f"{MODULES[module].relative_to(ROOT)}:{line} imports {name}" for line, name in wrong]


@pytest.mark.parametrize("module", [name for name in MODULES if not is_within(name, RUNTIME)])
class TestOutsideTheSandbox:
    def test_torch_is_not_imported(self, module: str) -> None:
        assert not places(module, (each for each in imports(module) if is_within(each[1], "torch")))

    def test_the_runtime_is_not_imported(self, module: str) -> None:
        runtime = (each for each in imports(module) if is_within(each[1], RUNTIME))
        assert not places(module, (each for each in runtime if not is_within(each[1], PROTOCOL)))

    def test_only_the_command_line_imports_the_command_line(self, module: str) -> None:
        if not is_within(module, "grader.cli"):
            assert not places(module, (each for each in imports(module) if is_within(each[1], "grader.cli")))

    def test_a_layer_imports_only_what_lies_below_it(self, module: str) -> None:
        for layer, below in LAYERS.items():
            if not is_within(module, layer):
                continue
            allowed = {layer, "grader.__version__", *below}
            ours = ((line, name) for line, name in imports(module) if is_within(name, "grader"))
            # ``from grader import model`` gives grader.model; ``from grader.model import Report``, a name inside it.
            assert not places(module, (each for each in ours if not any(is_within(each[1], one) for one in allowed)))


@pytest.mark.parametrize("module", [name for name in MODULES if is_within(name, RUNTIME)])
def test_the_runtime_imports_only_what_the_course_has(module: str) -> None:
    wrong = (
        (line, name)
        for line, name in imports(module)
        if not is_within(name, RUNTIME) and name.partition(".")[0] not in RUNTIME_MAY_IMPORT
    )
    assert not places(module, wrong)


def test_formats_of_reports_know_nothing_of_each_other() -> None:
    formats = [name for name in MODULES if is_within(name, "grader.report") and name.count(".") == 2]
    for module in formats:
        others = {name for name in formats if name not in (module, *SHARED_BY_FORMATS)}
        assert not places(module, (each for each in imports(module) if any(is_within(each[1], one) for one in others)))


@pytest.mark.parametrize(
    "module",
    [
        "grader.cli",
        "grader.pipeline.grader",
        "grader.judging.judge",
        "grader.report.terminal",
        "grader.classroom.batch.batch",
        "grader.classroom.batch.pool_process",
    ],
)
def test_loading_it_does_not_load_torch(module: str) -> None:
    script = f"import sys, {module}; sys.exit(sorted(n for n in sys.modules if n.split('.')[0] == 'torch')[:3] or 0)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
