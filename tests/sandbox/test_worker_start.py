"""How workers start, and the errors where they cannot."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import SandboxError, UsageError
from grader.model import Level
from grader.sandbox import bubblewrap, seccomp
from grader.sandbox.worker_handle import WorkerHandle
from tests.sandbox.workers import LIMITS, run_on, started

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are a part of Linux")


class TestStart:
    def test_versions_come_before_anything_is_imported(self, strict: WorkerHandle) -> None:
        assert strict.versions["python"] == ".".join(map(str, sys.version_info[:3]))
        assert set(strict.versions) == {"python", "torch", "numpy", "matplotlib"}

    def test_where_namespaces_are_refused_a_plain_process_serves(
        self, runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refusing = tmp_path / "bwrap"
        refusing.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
        refusing.chmod(0o755)
        monkeypatch.setattr(bubblewrap, "binaries", lambda: (refusing,))
        with started(runtime, None) as worker:
            assert run_on(worker, "say('works')")[0] == ["works"]
            isolation = worker.isolation
        assert isolation.level in (Level.REDUCED, Level.NONE)
        assert "bubblewrap" not in isolation.mechanisms
        assert "No permissions to create new namespace" in isolation.missing[0]

    def test_strict_is_refused_where_it_is_not_to_be_had(
        self, runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refusing = tmp_path / "bwrap"
        refusing.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
        refusing.chmod(0o755)
        monkeypatch.setattr(bubblewrap, "binaries", lambda: (refusing,))
        with pytest.raises(SandboxError, match=r"strict` is not possible here: .*uid map: Permission denied"):
            started(runtime, Level.STRICT)
        monkeypatch.setattr(bubblewrap, "binaries", lambda: ())
        with pytest.raises(SandboxError, match=r"`--isolation strict` is not possible here"):
            started(runtime, Level.STRICT)

    def test_without_seccomp_namespaces_alone_are_reduced(self, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        if bubblewrap.diagnose() is not None:
            pytest.skip("this machine has no namespaces")
        monkeypatch.setattr(seccomp, "diagnose", lambda: "libseccomp is not installed.")
        with started(runtime, None) as worker:
            assert worker.isolation.level is Level.REDUCED
            assert worker.isolation.missing == ("No filter of system calls: libseccomp is not installed.",)
            assert run_on(worker, "say('works')")[0] == ["works"]
        with pytest.raises(SandboxError, match="libseccomp is not installed"):
            started(runtime, Level.STRICT)

    def test_landlock_alone_is_not_enough(self, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(seccomp, "diagnose", lambda: "libseccomp is not installed.")
        monkeypatch.setattr(bubblewrap, "binaries", lambda: ())
        with started(runtime, None) as worker:
            assert worker.isolation.level is Level.NONE
            assert "landlock" in worker.isolation.mechanisms
            assert any("can use the network" in reason for reason in worker.isolation.missing)
            assert run_on(worker, "attempt(open, '/etc/passwd')")[0] == [errno.EACCES]
        with pytest.raises(SandboxError, match=r"reduced` is not possible here: .*libseccomp is not installed"):
            started(runtime, Level.REDUCED)

    def test_a_python_that_is_not_there(self) -> None:
        with pytest.raises(UsageError, match="there is no such file"):
            WorkerHandle.start(python=Path("/nowhere/python3"))

    def test_a_python_that_is_none(self) -> None:
        with pytest.raises(UsageError, match="no Python interpreter"):
            WorkerHandle.start(python=Path("/bin/ls"))

    def test_a_python_that_is_too_old(self, tmp_path: Path) -> None:
        old = tmp_path / "python3.9"
        old.write_text('#!/bin/sh\necho \'["/usr", "/usr", null, [3, 9]]\'\n')
        old.chmod(0o755)
        with pytest.raises(UsageError, match=r"this is Python 3.9; submissions run with Python 3.11 or newer"):
            WorkerHandle.start(python=old)

    def test_another_python_is_used(self, runtime: Path) -> None:
        other = Path(sys.base_prefix, "bin", "python3")
        with WorkerHandle.start(python=other, runtime=runtime) as worker:
            said, _ = run_on(worker, "import sys; say(sys.prefix)")
        assert said == [sys.base_prefix]

    def test_a_python_without_torch(self) -> None:
        with WorkerHandle.start(python=Path(sys.base_prefix, "bin", "python3")) as worker:
            if worker.versions["torch"] is not None:
                pytest.skip("torch is installed there")
            with pytest.raises(UsageError, match=r"torch.* not installed for .*python3"):
                worker.run({}, b"", LIMITS)
            assert not worker.alive

    def test_a_runtime_that_cannot_be_imported(self, runtime: Path, tmp_path: Path) -> None:
        broken = tmp_path / "runtime"
        shutil.copytree(runtime, broken)
        (broken / "execute" / "run.py").write_text("raise OSError('libtorch.so: file too short')")
        with WorkerHandle.start(runtime=broken) as worker:
            if None in (worker.versions["torch"], worker.versions["numpy"]):
                pytest.skip("torch is not installed here")
            with pytest.raises(SandboxError, match=r"torch cannot be imported .*libtorch.so: file too short"):
                worker.run({}, b"", LIMITS)

    def test_the_import_of_the_worker_is_light(self) -> None:
        heavy = {"numpy", "pydantic", "rich", "torch"}
        code = f"import sys, grader.sandbox.worker_handle; print(sorted({heavy} & set(sys.modules)))"
        answer = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).resolve().parents[2],
        )
        assert answer.stdout == "[]\n"

    def test_the_fonts_are_looked_for_once(
        self, runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pytest.importorskip("matplotlib")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        look = "from matplotlib import font_manager as f; say(len(f.fontManager.ttflist) > 10)"
        for _ in range(2):
            with WorkerHandle.start(runtime=runtime) as worker:
                worker.configure(["matplotlib.font_manager"])
                assert run_on(worker, look)[0] == [True]
        lists = [json.loads(path.read_text()) for path in tmp_path.rglob("fonts/*.json")]
        assert len(lists) == 1
        assert next(iter(lists[0])).startswith("fontlist-")
