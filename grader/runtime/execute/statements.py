"""Runs a submission statement by statement, and continues after an error.

In a notebook, an error ends its cell; in a script, only its statement.
"""

from __future__ import annotations
import __future__

import ast
import inspect
import linecache
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType
from typing import TYPE_CHECKING, Any, NamedTuple

from ..protocol.record import OUTCOMES, RUN_NOTE, UNCAUGHT
from ..record.recorder import Recorder
from ..record.stream import raised
from .clock import Clock, Stopped
from .definitions import Definitions
from .shell import Shell
from .worker_processes import NO_WORKERS, lacked_workers

if TYPE_CHECKING:
    import asyncio

OUT_OF_MEMORY = ("can't allocate memory", "DefaultCPUAllocator", "Cannot allocate memory", "not enough memory")
"""Texts of torch's RuntimeError when an allocation fails."""


_NEEDS_RUNNING = frozenset({"create_task", "ensure_future", "get_running_loop"})
_ASKS_FOR_LOOP = _NEEDS_RUNNING | {"get_event_loop"}
_RUNS = frozenset({"run", "run_until_complete"})
"""Names in statements that use an event loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A top-level statement: its code, whether its value is displayed, which names it reads and binds.

    ``renews`` are the names that it binds to something that is not made of what they were bound to before.
    ``is_block``: it has statements inside that run with it, as ``for`` and ``with`` have.
    """

    cell: int
    line: int
    code: CodeType
    shows: bool
    reads: frozenset[str]
    binds: frozenset[str]
    renews: frozenset[str]
    is_block: bool
    imports: frozenset[str]


@dataclass(slots=True)
class Result:
    """How the statements ended: the worst outcome of them, and the reason in words."""

    outcome: str = "completed"
    detail: str = ""

    def worsen(self, outcome: str, detail: str) -> None:
        """Set the outcome if it is worse than the current one. An outcome that a submission invented is a failure."""
        outcome = outcome if outcome in OUTCOMES else "failed"
        if OUTCOMES.index(outcome) > OUTCOMES.index(self.outcome):
            self.outcome, self.detail = outcome, detail


class Runner:
    """Runs cells in one namespace. ``show(value)`` displays the value of a cell's last expression.

    ``definitions`` adds calls to the student's functions; None: nothing is added.
    """

    def __init__(
        self,
        recorder: Recorder,
        clock: Clock,
        *,
        notebook: bool,
        definitions: Definitions | None,
        show: Callable[[object], None],
        after_cell: Callable[[], None],
        after_statement: Callable[[], None],
    ) -> None:
        self._recorder = recorder
        self._clock = clock
        self._notebook = notebook
        self._definitions = definitions
        self._show = show
        self._after_cell = after_cell
        self._after_statement = after_statement
        self._flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self._loop: asyncio.AbstractEventLoop | None = None
        self._broken_statements: list[dict[str, Any]] = []
        self._number = 0
        self.result = Result()
        self._cell_names: list[str] = []
        self._last_cell = -1
        self._limit_s = 0.0
        self._share = "half"
        """How much of the time that was left the statement might take, in words."""
        self._stopped_at = 0
        self._last_run = 0

    def run(self, cells: Sequence[dict[str, Any]], files: Sequence[str]) -> Result:
        """Run the cells in order. ``files`` are the file names for compiling their code."""
        self._cell_names = [cell["name"] for cell in cells]
        self._last_cell = max((number for number, cell in enumerate(cells) if _has_code(cell["code"])), default=-1)
        for position, (cell, file_name) in enumerate(zip(cells, files, strict=True)):
            self._recorder.set_statement(position, 0, self._number)
            self._broken_statements = list(cell["broken_statements"])
            try:
                tree = self._parse(cell, file_name)
                shows = self._notebook and not cell["quiet"]
                if self._run_body(tree.body, position, file_name, shows=shows, ends=position == self._last_cell):
                    self._mark_stale(None)
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                line = getattr(error, "lineno", None) or cell["first_line"]
                self._uncaught(error, {"cell": position, "line": line, "statement": self._number}, syntax=True)
                self._mark_stale(None)
            finally:
                self._after_cell()
        if self.result.outcome == "timeout" and 0 < self._stopped_at < self._last_run:
            self.result.detail += "; what came after it was still run"
        return self.result

    def _parse(self, cell: dict[str, Any], file_name: str) -> ast.Module:
        source = source_of(cell)
        linecache.cache[file_name] = (len(source), None, source.splitlines(keepends=True), file_name)
        tree: ast.Module = ast.parse(source, file_name)
        return tree

    def _mark_stale(self, line: int | None) -> None:
        """Mark names as stale that left-out statements before ``line`` should have bound anew; None: before the end."""
        while self._broken_statements and (line is None or self._broken_statements[0]["line"] < line):
            self._recorder.stale.update(self._broken_statements.pop(0)["renews"])

    def _run_body(self, body: list[ast.stmt], cell: int, file_name: str, *, shows: bool, ends: bool) -> bool:
        """Run statements in order. False: a statement of a notebook failed, which ends its cell.

        ``ends``: the submission ends with them.
        """
        last = body[-1] if body else None
        for node in body:
            self._mark_stale(node.lineno)
            if _is_main_guard(node):
                # For Python this is one statement, but it can contain the whole answer of a script.
                inner: list[ast.stmt] = node.body  # type: ignore[attr-defined]  # an ast.If
                self._run_body(inner, cell, file_name, shows=False, ends=ends and node is last)
                continue
            shown = shows and (node is last or Shell.ast_node_interactivity == "all")
            statement = self._compile(node, cell, file_name, shows=shown)
            if not self._run_one(statement, is_last=ends and node is last) and self._notebook:
                return False
        return True

    def _compile(self, node: ast.stmt, cell: int, file_name: str, *, shows: bool) -> Statement:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for alias in node.names:
                feature = getattr(__future__, alias.name, None)
                self._flags |= getattr(feature, "compiler_flag", 0)
        shows = shows and isinstance(node, ast.Expr)
        names = _look_at(node)
        marked: Any = node
        if self._definitions is not None and names.functions:
            marked = self._definitions.visit(node)
        tree = ast.Expression(marked.value) if shows else ast.Module([marked], type_ignores=[])
        code = compile(tree, file_name, "eval" if shows else "exec", self._flags, True)
        return Statement(
            cell=cell,
            line=node.lineno,
            code=code,
            shows=shows,
            reads=names.reads,
            binds=names.binds,
            renews=names.binds - names.changes,
            is_block=hasattr(node, "body"),
            imports=names.imports,
        )

    def _run_one(self, statement: Statement, *, is_last: bool) -> bool:
        """Run a statement. False: it failed."""
        recorder, namespace = self._recorder, self._recorder.namespace
        self._number += 1
        recorder.set_statement(statement.cell, statement.line, self._number, is_block=statement.is_block)
        if self._clock.is_over(0.1):
            self.result.worsen("timeout", "the time was used up before the end")
            return False
        self._last_run = self._number
        recorder.reading_stale = bool(statement.reads & recorder.stale)
        missing = object()
        before = {name: namespace.get(name, missing) for name in statement.binds}
        succeeded = False
        try:
            # The last statement, as the call of a script's main function, leaves nothing to those after it.
            self._share = "all" if is_last else "half"
            self._limit_s = self._clock.left() if is_last else self._clock.left() / 2
            with self._clock.limit(self._limit_s), self._loop_for(statement):
                if statement.code.co_flags & inspect.CO_COROUTINE:
                    value = self._await(eval(statement.code, namespace))
                elif statement.shows:
                    value = eval(statement.code, namespace)
                else:
                    value = None
                    exec(statement.code, namespace)
                if statement.shows and value is not None:
                    namespace["_"] = value
                    self._show(value)
            succeeded = True
        except BaseException as error:
            place = self._place_of(error, statement)
            error = _stopped_by(error) or error
            without_tests, without_workers = _is_exit_without_tests(error), lacked_workers(error)
            error.__traceback__ = None  # it would keep all local variables of the failed call alive
            succeeded = without_tests or self._ended(error, place, statement)
            if without_workers:
                recorder.send(RUN_NOTE, text=NO_WORKERS)
        if succeeded:
            recorder.stale -= statement.binds
        else:
            # What `x = x.foo()` should have changed stays what it was, and is what the student goes on with.
            recorder.stale |= {name for name in statement.renews if namespace.get(name, missing) is before[name]}
        recorder.imported -= statement.binds
        recorder.imported |= statement.imports
        self._after_statement()
        with recorder.pause():
            recorder.send_changed_names()
        return succeeded

    def _await(self, waiting: Coroutine[Any, Any, object]) -> object:
        """The result of a top-level ``await``. As in Jupyter, tasks that a cell began go on in those below."""
        try:
            return self._event_loop().run_until_complete(waiting)
        except Stopped:
            self._loop = None  # what took too long must not go on in the next cell
            raise

    def _event_loop(self) -> asyncio.AbstractEventLoop:
        import asyncio  # few submissions need it

        if self._loop is None or self._loop.is_closed():
            self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        return self._loop

    @contextmanager
    def _loop_for(self, statement: Statement) -> Iterator[None]:
        """Have a loop for a statement of a notebook that asks for one without ``await``, as Jupyter's always runs.

        Not for one that also runs coroutines by itself, which Python refuses where a loop is running.
        """
        names = statement.code.co_names
        if not self._notebook or statement.code.co_flags & inspect.CO_COROUTINE or _ASKS_FOR_LOOP.isdisjoint(names):
            yield
            return
        import asyncio

        loop = self._event_loop()
        asyncio._set_running_loop(None if _NEEDS_RUNNING.isdisjoint(names) or not _RUNS.isdisjoint(names) else loop)
        try:
            yield
        finally:
            asyncio._set_running_loop(None)

    def _ended(self, error: BaseException, place: dict[str, int], statement: Statement) -> bool:
        """Record an uncaught exception. True: it is no error (an exit with code 0)."""
        kind = type(error)
        if issubclass(kind, SystemExit):
            code = vars(SystemExit)["code"].__get__(error)  # a subclass may define its own `code`
            if code is None or code is False or (type(code) is int and code == 0):
                return True
            if code is True:  # as unittest.main() ends in Python 3.11; later versions say 1
                code, error = 1, SystemExit(1)
            # The code of an exit can be any object, whose `__repr__` may be the student's code.
            said = repr(code)[:100] if type(code) in (int, str) else type(code).__name__
            self.result.worsen("exited", f"it ended with SystemExit({said})")
        elif kind is Stopped:
            assert isinstance(error, Stopped)
            where = self._said(place)
            if error.outcome == "timeout":
                begin = self._recorder.place_of(statement.code.co_filename, statement.line)
                # Not this line took so long, but the loop around it, or all that calls it.
                inside = "" if begin == place else f", in the statement of {self._said(begin, within=place)}"
                ran_s = max(1, round(self._limit_s))
                text = f"stopped at {where}{inside}, which had run for about {ran_s} s, {self._share} of what was left"
            else:
                text = f"stopped at {where}: {error}"
            self.result.worsen(error.outcome, text)
            self._stopped_at = self._stopped_at or self._number
        elif issubclass(type(error), MemoryError) or any(
            words in str(raised(error)["text"]) for words in OUT_OF_MEMORY
        ):
            self.result.worsen("memory", f"{self._said(place)} needed more memory than a submission may use")
        self._uncaught(error, place, syntax=False)
        return False

    def _said(self, place: dict[str, int], *, within: dict[str, int] | None = None) -> str:
        """A place in words, so that the student finds it. ``within``: a place that was named before, so that the cell
        has no need to be.
        """
        name = self._cell_names[place["cell"]] if within is None or place["cell"] != within["cell"] else ""
        return f"{name}, line {place['line']}" if name else f"line {place['line']}"

    def _place_of(self, error: BaseException, statement: Statement) -> dict[str, int]:
        """The innermost line of the student's code in an exception's traceback."""
        file_name, line = statement.code.co_filename, statement.line
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename in self._recorder.files:
                file_name, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
            trace = trace.tb_next
        return self._recorder.place_of(file_name, line)

    def _uncaught(self, error: BaseException, place: dict[str, int], *, syntax: bool) -> None:
        self.result.worsen("failed", "")
        self._recorder.send(UNCAUGHT, place=place, error=raised(error), syntax=syntax)


def source_of(cell: dict[str, Any]) -> str:
    """The code of a cell behind so many blank lines that its lines have the numbers that they have in the file."""
    source: str = "\n" * (cell["first_line"] - 1) + cell["code"]
    return source


def _stopped_by(error: BaseException) -> Stopped | None:
    """The end of the time that an exception was made of, as the module of an extension does whose import it ends."""
    for _ in range(10):
        if type(error) is Stopped:
            return error
        cause = vars(BaseException)["__cause__"].__get__(error)  # a subclass may define its own
        if cause is None:
            return None
        error = cause
    return None


def _is_exit_without_tests(error: BaseException) -> bool:
    """Whether unittest.main() found no tests. Since Python 3.12 it then exits with code 5, before with False."""
    if type(error) is not SystemExit or type(error.code) is not int or error.code != 5:
        return False
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals.get("__name__") == "unittest.main"


def _has_code(code: str) -> bool:
    """Whether there is more than comments."""
    return any(line and not line.startswith("#") for line in map(str.strip, code.split("\n")))


def _is_main_guard(node: ast.stmt) -> bool:
    """Whether a statement is ``if __name__ == "__main__":`` without an else."""
    if not isinstance(node, ast.If) or node.orelse or not isinstance(node.test, ast.Compare):
        return False
    sides = [node.test.left, *node.test.comparators]
    names = [side.id for side in sides if isinstance(side, ast.Name)]
    texts = [side.value for side in sides if isinstance(side, ast.Constant)]
    return isinstance(node.test.ops[0], ast.Eq) and names == ["__name__"] and texts == ["__main__"]


class _Names(NamedTuple):
    """The names that a statement reads anywhere, those that it binds outside function bodies, of these the ones that it
    binds to something made of what they were bound to and the ones that an import binds, and whether it contains
    functions.
    """

    reads: frozenset[str]
    binds: frozenset[str]
    changes: frozenset[str]
    imports: frozenset[str]
    functions: bool


def _look_at(node: ast.stmt) -> _Names:
    reads: set[str] = set()
    binds: set[str] = set()
    changes: set[str] = set()
    imports: set[str] = set()
    functions = False
    waiting: list[tuple[ast.AST, bool]] = [(node, True)]
    while waiting:
        part, outer = waiting.pop()
        if isinstance(part, ast.Name):
            if isinstance(part.ctx, ast.Load):
                reads.add(part.id)
            elif outer:
                binds.add(part.id)
            continue
        if isinstance(part, (ast.Assign, ast.AugAssign, ast.AnnAssign)) and outer:
            changes |= _names_changed_by(part)
        elif isinstance(part, (ast.Import, ast.ImportFrom)) and outer:
            imports.update((alias.asname or alias.name).partition(".")[0] for alias in part.names)
        elif isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            if outer:
                binds.add(part.name)
            outer, functions = False, True
        elif isinstance(part, ast.Lambda):
            outer, functions = False, True
        # Replaces ast.iter_child_nodes, whose generators would take most of the time.
        for name in part._fields:
            child = getattr(part, name, None)
            if isinstance(child, ast.AST):
                waiting.append((child, outer))
            elif isinstance(child, list):
                waiting += [(element, outer) for element in child if isinstance(element, ast.AST)]
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        reads = set()  # its body runs later
    return _Names(frozenset(reads), frozenset(binds | imports), frozenset(changes), frozenset(imports), functions)


def _names_changed_by(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> set[str]:
    """The names that an assignment binds to something made of what they were bound to, as in ``x = x.detach()``."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if isinstance(node, ast.AugAssign):
        return {target.id for target in targets if isinstance(target, ast.Name)}
    parts = [] if node.value is None else ast.walk(node.value)
    used = {part.id for part in parts if isinstance(part, ast.Name)}
    return {
        part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name) and part.id in used
    }
