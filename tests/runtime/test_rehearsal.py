"""A worker that has rehearsed is as it was before, and what it runs afterwards comes out the same."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import submission
from grader.course.course import load_course
from grader.course.course_folder import support_of
from grader.course.named_courses import builtin_course
from grader.judging.join_probes import join_probes
from grader.judging.judge import Judge
from grader.model import CallProbe, Cell, Job, Probes
from grader.runtime.preparation import rehearsal
from grader.runtime.protocol.frames import HEADER, Json, read_text_part
from grader.runtime.server.worker import LEAST_REHEARSED
from grader.sandbox.encode_job import encode
from grader.sandbox.preload import EVERYTHING
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.worker_handle import WorkerHandle

COURSE = load_course(builtin_course())
EXAMPLES = Path(__file__).parents[2] / "examples"

PROCESS = """
import json, os, signal, sys, threading, types, warnings
from pathlib import Path
from grader.runtime.preparation.imports import import_execute, import_more
from grader.runtime.preparation import rehearsal
execute, _ = import_execute()
import_more(("matplotlib.pyplot", ".preparation.torch_caches", ".record.plots.matplotlib_backend"))
import numpy, random, torch

def owners():
    found = [module for module in sys.modules.values() if issubclass(type(module), types.ModuleType)]
    kinds, waiting = set(), [object]
    while waiting:
        kind = waiting.pop()
        if kind not in kinds:
            kinds.add(kind)
            waiting += type.__subclasses__(kind)
    return [*found, *kinds]

def containers(names):
    return [value for value in names.values() if type(value) in (list, dict, set)]

def state():
    with torch.no_grad():
        numbers = torch.get_rng_state().tolist(), random.getstate(), numpy.random.get_state()[1].tolist()
    return {
        "numbers": numbers,
        "modes": (torch.is_grad_enabled(), torch._C._len_torch_function_stack()),
        "signals": {number: signal.getsignal(number) for number in signal.valid_signals()},
        "timer": signal.getitimer(signal.ITIMER_REAL),
        "streams": (sys.stdout, sys.stderr, sys.argv, sys.displayhook, sys.gettrace()),
        "descriptors": sorted(os.listdir("/proc/self/fd")) if sys.platform == "linux" else [],
        "threads": threading.enumerate(),
        "tasks": len(os.listdir("/proc/self/task")) if sys.platform == "linux" else 1,
        "folder": (os.getcwd(), os.listdir()),
        "shared": [line.split()[0] for line in open("/proc/self/maps") if line.split()[1][3] == "s"]
        if sys.platform == "linux" else [],
        "environment": dict(os.environ),
        "filters": [*warnings.filters],
        "paths": [*sys.path, *sys.meta_path],
        "modules": [*sys.modules.items()],
        "figures": sys.modules["matplotlib.pyplot"].get_fignums(),
    }

def kept(execute_header, payload, fd, work, memory):
    global record
    assert work is None
    execute(execute_header, payload, fd, work, memory)
    record = bytes(memory.part(0, memory.written()))

registered = []
os.register_at_fork, register = (lambda **functions: registered.append(functions)), os.register_at_fork
folder = Path("empty")
folder.mkdir()
before = [(owner, dict(vars(owner))) for owner in owners() if vars(owner).get("__name__") != "__main__"]
copies = [(owner, value, value.copy()) for owner, names in before for value in containers(names)
          if owner is not sys.modules["re"]]
then = state()
rehearsal.rehearse(kept, str(folder))
now = state()
changed = [name for name in then if then[name] != now[name]]
for owner, names in before:
    today = vars(owner)
    for name in {*names, *today}:
        if name not in names or name not in today or names[name] is not today[name]:
            changed.append(f"{owner}.{name}")
for owner, value, copy in copies:
    if len(value) != len(copy) or (type(value) is not set and any(a is not b for a, b in zip(value, copy))):
        changed.append(f"what is in a {type(value)} of {owner}")
Path("record").write_bytes(record)
pid = os.fork()
if pid == 0:
    x = torch.ones(2, requires_grad=True)
    (x * x).sum().backward()
    os._exit(x.grad.tolist() == [2.0, 2.0])
ran = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(json.dumps({"changed": changed, "registered": len(registered), "ran": ran, "left": os.listdir(folder)}))
"""


def frames(record: bytes) -> list[tuple[Json, bytes]]:
    """What was recorded, without how long it took."""
    found, position = [], 0
    while position < len(record):
        size, more = HEADER.unpack_from(record, position)
        start = position + HEADER.size
        position = start + size + more
        header = json.loads(record[start : start + size])
        header.pop("duration_s", None)
        found.append((header, record[start + size : position]))
    return found


def test_everything_is_put_back(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROCESS)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(EXAMPLES.parent), "HOME": str(Path.home())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"changed": [], "registered": 0, "ran": 1, "left": []}
    recorded = [header for header, _ in frames((tmp_path / "record").read_bytes())]
    kinds = {header["kind"] for header in recorded}
    assert {"backward", "graph", "changed_names", "output", "figure", "function_call"} <= kinds
    assert not {"uncaught", "broken", "warning", "run_note"} & kinds
    assert recorded[-1]["kind"] == "end"
    assert recorded[-1]["outcome"] == "completed"
    assert not recorded[-1]["second_run"]


def test_its_job_has_the_fields_of_any_other() -> None:
    import numpy as np

    calls = (CallProbe(id="a", functions=("f",), inputs=(np.float32(1.0),)),)
    cell = Cell(number=1, source="", code="")
    real, payload = encode(Job(cells=(cell,), format="ipynb", file_name="a.ipynb", seed=0, probes=Probes(calls=calls)))
    header, own_payload = rehearsal._job(with_figure=True)
    assert header.keys() == real.keys() | {"guard_data", "support"}  # the host adds these
    assert header["calls"][0].keys() == real["calls"][0].keys()
    theirs, its = (job["calls"][0]["arguments"][0] for job in (real, header))
    assert its.keys() == theirs.keys()
    assert its["by_position"][0][1].keys() == theirs["by_position"][0][1].keys()
    own, other = _sized(header, own_payload), _sized(real, payload)
    assert own.keys() == other.keys()
    assert own["cells"][0].keys() == other["cells"][0].keys()


def test_nothing_is_rehearsed_where_torch_calls_its_engine_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.autograd._engine_run_backward", lambda *tensors, **options: None)
    rehearsal.rehearse(lambda *job: pytest.fail("it ran"), str(tmp_path))


def _sized(header: Json, payload: bytes) -> Json:
    place = header["student_sized"]
    found: Json = read_text_part(payload[place["offset"] : place["offset"] + place["size"]])
    return found


@pytest.fixture(scope="module")
def workers() -> Iterator[tuple[Sandbox, Sandbox]]:
    """A worker that does not rehearse, and one that does."""
    found = []
    for runs in (0, LEAST_REHEARSED):
        worker = WorkerHandle.start(support=support_of(builtin_course()))
        worker.configure(EVERYTHING, runs)
        found.append(Sandbox(worker, lambda: pytest.fail("a worker has ended")))
    yield found[0], found[1]
    for sandbox in found:
        sandbox.close()


@pytest.mark.exhaustive
def test_submissions_are_recorded_as_without_it(workers: tuple[Sandbox, Sandbox]) -> None:
    probes = [Judge(item.exercise.id, item.exercise.checks, seed=0).probes for item in COURSE.exercises]
    joined = join_probes([each for of_exercise in probes for each in of_exercise])
    mistakes = sorted(path for path in (COURSE.root / "solutions" / "mistakes").glob("*/*.py"))
    files = [*EXAMPLES.glob("*.py"), *EXAMPLES.glob("*.ipynb"), *(item.solution for item in COURSE.exercises)]
    for file in (*files, *mistakes[::10]):
        if file.name == "never_ends.py" or "unittest" in file.read_text():  # which says how long it took
            continue
        read = submission.read(file.read_bytes(), file.name)
        job = Job(cells=read.cells, format=read.format, file_name=file.name, seed=0, probes=joined)
        usual, again, rehearsed = (frames(workers[number].run(job).stream) for number in (0, 0, 1))
        if usual == again:  # others hang on the time that their calls take
            assert rehearsed == usual, file
