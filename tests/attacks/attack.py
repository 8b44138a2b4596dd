"""One attack: read from its file, handed in after an honest answer, graded as any submission, and looked at closely."""

from __future__ import annotations

import compileall
import importlib.util
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course.course import load_course
from grader.course.course_folder import hidden_paths, support_of
from grader.errors import SandboxError
from grader.handin import load_alone
from grader.model import Isolation, Limits, Observation, Output, Report, Submission
from grader.pipeline.grader import Grader
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings
from grader.sandbox.preload import EVERYTHING
from grader.sandbox.sandbox import Run, Sandbox
from grader.sandbox.worker_handle import RUNTIME, WorkerHandle
from tests.attacks.host import ATTACKS, BREACH, Host

SUBMISSIONS = ("time", "resources", "escape", "forging")
MODULES = ("files", "reports")
LEVELS = ("strict", "reduced")
SHARED = "strict, forked"
"""`strict`, with a worker that another one has forked, as those of the lanes of a batch are."""
SPARE = 16
"""Workers that are forked for it: one for the first attack, and in place of each that an attack ends."""

DATA = "data"
"""The folder of the course with the data of assignments."""

LIMIT_S = 1.0
"""Seconds that an attack may run, unless its folder or its own head says otherwise."""
FOLDER_LIMIT_S = {"time": 0.35}
"""Attacks that never end only have to be stopped; the others need time to do harm."""
GRACE_S = 0.2
"""So much later they are killed, if they have not ended by themselves; half a second in the grader."""
MORE_S = 2.0
"""And until it is over, however it resists."""

SAMPLE = {
    # How time is taken.
    "a loop in Python that swallows every exception": "time/swallows_everything",
    "a loop in C that hears no signal": "time/sums_an_endless_iterator",
    "a wait": "time/waits_for_nothing",
    "the alarm switched off": "time/cancels_the_alarm",
    "the interpreter lock": "time/never_lets_go_of_the_interpreter",
    "a chain of processes": "time/forks_to_stay_ahead",
    "another program": "time/becomes_another_program",
    "the process stopped": "time/stops_itself",
    "a value that never answers": "time/watches_endless_values",
    "a hook of autograd": "time/never_returns_from_a_hook",
    "an exception that never answers": "time/raises_an_endless_class",
    "a figure that never answers": "time/plots_endless_data",
    "a function called on hidden inputs": "time/loops_on_hidden_inputs",
    "the second run": "time/second_run_never_ends",
    "the end of the interpreter": "time/atexit_never_ends",
    # Which resource is used up, or by what.
    "memory of a process": "resources/allocates_tensors",
    "memory of many processes": "resources/allocates_in_many_processes",
    "memory beyond the address space": "resources/allocates_in_memfd",
    "the last byte, which the recorder needs": "resources/hoards_small_objects",
    "processes": "resources/forks_without_end",
    "threads": "resources/starts_threads",
    "descriptors": "resources/opens_every_descriptor",
    "the disk": "resources/writes_many_tiny_files",
    "buffers of the kernel": "resources/fills_kernel_buffers",
    "what the kernel counts by user": "resources/watches_and_locks",
    "what the kernel counts for the machine": "resources/draws_on_what_all_share",
    "the stack": "resources/recurses_in_python",
    "a deep graph": "resources/drops_a_deep_graph",
    "output": "resources/prints_a_flood",
    "a crash": "resources/overflows_the_stack",
    "garbage in the record": "resources/floods_the_record",
    "a forged record": "resources/sends_a_million_arrays",
    "backward passes": "resources/makes_many_passes",
    "errors": "resources/fails_ten_thousand_times",
    "figures": "resources/opens_ten_thousand_figures",
    "large values": "resources/watches_enormous_values",
    "long texts": "resources/names_variables_by_megabytes",
    "results of functions": "resources/returns_enormous_shapes",
    # What is reached for, or who is lied to.
    "files of the host": "escape/reads_host_files",
    "places to write": "escape/writes_everywhere",
    "other processes": "escape/signals_others",
    "sockets": "escape/connects_to_unix_sockets",
    "namespaces": "escape/enters_namespaces",
    "the worker's memory": "escape/reads_worker_memory",
    "what stays for the next submission": "escape/leaves_files_that_stay",
    "the judge's modules": "escape/imports_the_judge",
    "the recorder, taken apart": "forging/empties_the_recorder",
    "torch, replaced": "forging/patches_torch",
    "the end of the process": "forging/exits_at_once",
    "frames in the record": "forging/has_the_recorder_speak",
    "a frame cut short": "forging/sends_half_a_frame",
    "descriptors of the record": "forging/closes_every_descriptor",
    "results of hidden inputs": "forging/says_what_its_function_gave",
    "secrets on the heap": "forging/searches_the_heap",
}
"""One attack of each kind. `make test` tries these where it does not try all."""

HONEST = """\
import torch

x = torch.arange(1.0, 4.0, requires_grad=True)
(x**3).sum().backward()
print(x.grad)
"""

_FIELD = re.compile(r"# (data|ends|levels|seconds|visits): (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """A hostile submission. ``ends`` are the outcomes that it may have, ``levels`` those at which it must be held,
    ``limit_s`` how long it may run.
    """

    name: str
    code: str
    ends: tuple[str, ...]
    levels: tuple[str, ...]
    limit_s: float
    visits: int
    data: str
    """The assignment data that lies where it runs, a folder of ``course/data``; empty: none."""

    @property
    def is_in_sample(self) -> bool:
        return self.name in SAMPLE.values()

    @property
    def submission(self) -> str:
        """The script that is handed in."""
        return HONEST + "\n" + self.code


def read(path: Path) -> Attack:
    """An attack from its file. Its head is the docstring and the comments below it."""
    code = path.read_text("utf-8")
    head = re.match(r'"""(?:.|\n)+?"""\n((?:#.*\n)*)', code)
    assert head, f"{path}: an attack begins with a docstring that says what it tries"
    fields = dict(_FIELD.findall(head[1]))

    def words(name: str, default: str) -> tuple[str, ...]:
        return tuple(re.split(r",\s*", fields.get(name, default).strip()))

    return Attack(
        name=f"{path.parent.name}/{path.stem}",
        code=code,
        ends=words("ends", "completed"),
        levels=words("levels", "strict, reduced"),
        limit_s=float(fields.get("seconds", FOLDER_LIMIT_S.get(path.parent.name, LIMIT_S))),
        visits=int(fields.get("visits", "1")),
        data=fields.get("data", "").strip(),
    )


def attacks() -> list[Attack]:
    """All hostile submissions."""
    return [read(path) for folder in SUBMISSIONS for path in sorted((ATTACKS / folder).glob("*.py"))]


def modules() -> dict[str, Any]:
    """All attacks that are built, by their names: modules with ``make(folder)``."""
    found = {}
    for folder in MODULES:
        for path in sorted((ATTACKS / folder).glob("*.py")):
            spec = importlib.util.spec_from_file_location(f"attacks_{folder}_{path.stem}", path)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            found[f"{folder}/{path.stem}"] = module
    return found


class _Seen(Sandbox):
    """A sandbox that keeps what it observed last, and how long its runs took, each beyond its own limit."""

    last: Observation
    late_s = 0.0

    def run(self, job: Any, *, within_s: float | None = None) -> Run:
        run = super().run(job, within_s=within_s)
        self.last = run.observation
        self.late_s = max(self.late_s, run.observation.duration_s - (within_s or job.limits.wall_s))
        return run


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of an attack. ``said`` is all that it printed. ``late_s`` is by how much a run took longer than it may,
    and what reading and judging cost: in seconds of the processor, which others may have meanwhile.
    """

    report: Report
    said: str
    late_s: float

    def score(self, exercise: str) -> float:
        return next(one.score for one in self.report.exercises if one.id == exercise)

    @property
    def breaches(self) -> list[str]:
        return [line for line in self.said.splitlines() if line.startswith(BREACH)]


@contextmanager
def short_of_grace() -> Iterator[Path]:
    """A copy of the runtime that kills what does not end by itself sooner after its time limit. Most attacks that never
    end have to be killed, and what they do meanwhile is what they did before.
    """
    with tempfile.TemporaryDirectory(prefix="runtime-") as top:
        Path(top).chmod(0o755)  # the worker is another user
        copy = shutil.copytree(RUNTIME, Path(top, "runtime"), ignore=shutil.ignore_patterns("__pycache__"))
        path = copy / "server" / "worker.py"
        before = path.read_text("utf-8")
        path.write_text(after := before.replace("\nGRACE_S = 0.5\n", f"\nGRACE_S = {GRACE_S}\n"), "utf-8")
        assert after != before
        compileall.compile_dir(copy, quiet=1)
        yield copy


class Arena:
    """A worker at one isolation level, with the host around it. Attacks come one after the other, as in a class."""

    def __init__(self, host: Host, level: Any, folder: Path, *, runtime: Path, forked: bool = False) -> None:
        """``forked``: by a worker that another one has forked. Raises SandboxError where that is not possible."""
        self.host = host
        self.level: str = level
        self._folder = folder
        self._zygotes: list[WorkerHandle] = []
        self._forked: list[WorkerHandle] = []

        def start(workers: int = 0) -> WorkerHandle:
            worker = WorkerHandle.start(
                level=level,
                data={f"{DATA}/hw": host.course / DATA / "hw"},
                support=support_of(host.course),
                hide=[*hidden_paths(host.course), host.klass],
                runtime=runtime,
                workers=workers,
            )
            worker.configure(EVERYTHING)
            return worker

        def fork() -> WorkerHandle:
            if not self._forked:
                zygote = start(SPARE)
                self._zygotes.append(zygote)
                if (why := zygote.why_alone) is not None:
                    zygote.close()
                    raise SandboxError(why)
                self._forked += zygote.split()
            return self._forked.pop()

        begin = fork if forked else start
        self._sandbox = _Seen(begin(), begin)
        self._exercises = load_course(host.course).select(())
        self._graders: dict[tuple[float, str], Grader] = {}
        self.grade("honest", HONEST)  # starts the worker, and judges the references

    @property
    def isolation(self) -> Isolation:
        return self._sandbox.isolation

    @property
    def may_fork(self) -> bool:
        """Whether submissions may start processes; a root that nothing limits may not."""
        return self.level == "strict" or "unprivileged user" in self.isolation.mechanisms

    def grade(self, name: str, code: str, *, limit_s: float = LIMIT_S, data: str = "") -> Result:
        """Hand a script in, with what attacks import beside it."""
        folder = self._folder / "handed-in"
        shutil.rmtree(folder, ignore_errors=True)  # what lies beside a script may come with it
        folder.mkdir()
        for companions, content in self.host.companions(self.level).items():
            (folder / companions).write_text(content)
        path = folder / f"{name.replace('/', '-')}.py"
        path.write_text(code)
        return self.grade_submission(load_alone(str(path)), limit_s=limit_s, data=data)

    def grade_submission(self, submission: Submission, *, limit_s: float = LIMIT_S, data: str = "") -> Result:
        """Grade what was read of a hand-in."""
        grader = self._grader(limit_s, data)
        self._sandbox.late_s = -limit_s
        began = time.process_time()
        # Once: what was kept waiting until its time was over is tried again by the tests, with a limit that they know.
        report = grader.mark(grader.judge(submission, again=False))
        late_s = self._sandbox.late_s + time.process_time() - began
        said = "".join(event.text for event in self._sandbox.last.events if isinstance(event, Output))
        return Result(report=report, said=said, late_s=late_s)

    def close(self) -> None:
        self._sandbox.close()
        for worker in (*self._forked, *self._zygotes):
            worker.close()

    def _grader(self, limit_s: float, data: str) -> Grader:
        if (limit_s, data) not in self._graders:
            settings = Settings(
                exercises=self._exercises,
                basis="found",
                seed=0,
                limits=Limits(wall_s=limit_s),
                data={f"{DATA}/{data}": self.host.course / DATA / data} if data else {},
            )
            self._graders[limit_s, data] = Grader(self._sandbox, settings, ReferenceStore(self._folder / "cache"))
        return self._graders[limit_s, data]
