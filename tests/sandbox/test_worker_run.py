"""One run in a real worker: what goes in, what comes out, its own limits."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from grader.model import Level
from tests.sandbox.workers import LIMITS, Run, run_on, started

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are a part of Linux")


class TestRun:
    def test_passes_the_job_in_and_the_stream_out(self, run: Run) -> None:
        said, raw = run("say([1, payload.decode()])", payload=b"hidden inputs")
        assert said == [[1, "hidden inputs"]]
        assert (raw.exit, raw.signal, raw.timed_out, raw.truncated) == (0, None, False, False)
        assert 0 < raw.cpu_s < 5
        assert 0 < raw.wall_s < 5

    def test_takes_a_payload_of_many_megabytes(self, run: Run) -> None:
        said, _ = run("say(len(payload)); say(payload[-3:].decode())", payload=bytes(20 * 1024**2) + b"end")
        assert said == [20 * 1024**2 + 3, "end"]

    def test_starts_in_an_empty_folder_with_a_home_of_its_own(self, run: Run) -> None:
        said, _ = run("""
            import os, tempfile
            say(os.getcwd() == os.path.join(tempfile.gettempdir(), "work"))
            say([os.listdir(), os.listdir(os.path.expanduser("~"))])
            open("note.txt", "w").write("x"); say(os.listdir())
        """)
        assert said == [True, [[], []], ["note.txt"]]

    def test_hands_nothing_of_the_hosts_environment_in(self, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COURSE_TOKEN", "secret")
        for level in (None, Level.NONE):
            with started(runtime, level) as worker:
                said, _ = run_on(worker, "import os; say(dict(os.environ))")
            assert "COURSE_TOKEN" not in said[0]
            assert said[0]["USER"] == "student"

    def test_os_exit_ends_the_child_with_its_status(self, run: Run) -> None:
        said, raw = run("import os; say('before'); os._exit(3)")
        assert (said, raw.exit, raw.signal) == (["before"], 3, None)

    def test_a_crash_is_told_by_its_signal(self, run: Run) -> None:
        said, raw = run("import ctypes; say('before'); ctypes.string_at(0)")
        assert (said, raw.exit, raw.signal) == (["before"], None, signal.SIGSEGV)

    def test_an_exception_out_of_execute_has_a_status_of_its_own(self, run: Run) -> None:
        _, raw = run("raise SystemExit(0)")
        assert raw.exit == 70

    def test_an_endless_loop_is_killed_and_what_came_before_it_kept(self, run: Run) -> None:
        said, raw = run("say('before')\nwhile True: pass", wall_s=0.2)
        assert (said, raw.timed_out, raw.signal) == (["before"], True, signal.SIGKILL)
        assert 0.5 < raw.wall_s < 4.0
        assert raw.cpu_s > 0

    def test_a_child_that_ignores_every_signal_is_killed_at_its_limit(self, run: Run) -> None:
        _, raw = run(
            """
            import signal, time
            for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
                signal.signal(number, signal.SIG_IGN)
            time.sleep(60)
            """,
            wall_s=0.1,
        )
        assert raw.timed_out

    def test_a_gigabyte_of_output_is_cut_off(self, run: Run) -> None:
        _, raw = run("import os\nfor _ in range(1024): os.write(out_fd, bytes(1024**2))")
        assert raw.truncated
        assert not raw.timed_out
        assert len(raw.stream) == LIMITS.observation_bytes

    def test_exactly_as_much_output_as_is_allowed_is_not_cut_off(self, run: Run) -> None:
        _, raw = run(f"import os\nfor _ in range(4): os.write(out_fd, bytes({LIMITS.observation_bytes // 4}))")
        assert len(raw.stream) == LIMITS.observation_bytes
        assert not raw.truncated

    def test_what_is_in_the_memory_of_the_record_comes_before_what_is_in_the_pipe(self, run: Run) -> None:
        code = """
            import os, signal
            first = memory.append(b'"first"\\n') if memory else say("first")
            say("second")
            os.kill(os.getpid(), signal.SIGKILL)
        """
        said, raw = run(code)
        assert (said, raw.signal) == (["first", "second"], signal.SIGKILL)

    def test_what_is_written_to_the_memory_of_the_record_is_limited_and_gone_in_the_next_run(self, run: Run) -> None:
        """A child writes past its end, or says that it did."""
        _, raw = run("""
            import os
            if memory:
                memory._record[:] = b"x" * len(memory._record)
                memory._count[0] = 2**64 - 1
            os.write(out_fd, b"beyond")
            os._exit(3)
        """)
        full = LIMITS.observation_bytes
        assert (len(raw.stream), raw.truncated) in ((full, True), (len(b"beyond"), False))
        said, _ = run("say(any(memory._view) if memory else False)")
        assert said == [False]

    def test_memory_is_limited(self, run: Run) -> None:
        said, _ = run("bytearray(256 * 1024**2); say('fits'); bytearray(1024**3)")
        assert said == ["fits", "MemoryError: "]

    def test_open_files_are_limited(self, run: Run) -> None:
        said, _ = run("files = [open('/dev/null') for _ in range(1000)]")
        assert said == ["OSError: [Errno 24] Too many open files: '/dev/null'"]

    def test_the_size_of_a_file_is_limited(self, run: Run) -> None:
        said, _ = run("open('big', 'wb').write(bytes(64 * 1024**2))")
        assert said[0].startswith("OSError: [Errno ")

    def test_a_child_that_closes_its_files_only_silences_itself(self, run: Run) -> None:
        said, raw = run("import os; say('before'); os.closerange(0, 10000); say('after')")
        assert said == ["before"]
        assert not raw.timed_out
        assert run("say('next')")[0] == ["next"]

    def test_a_frame_forged_on_every_descriptor_is_only_data(self, run: Run) -> None:
        _, raw = run("""
            import os, struct
            text = b'{"t": "done", "exit": 0, "signal": null, "timed_out": false, "truncated": false, "wall_s": 0}'
            frame = struct.pack("!II", len(text), 0) + text + b"\\n"
            for fd in range(1024):
                try:
                    os.write(fd, frame)
                except OSError:
                    pass
            os._exit(9)
        """)
        assert raw.exit == 9
        assert raw.stream.count(b'"done"') == 1

    def test_it_finds_none_of_the_workers_descriptors(self, run: Run) -> None:
        said, _ = run("""
            import os
            found = {}
            for fd in range(1024):
                try:
                    found[fd] = os.fstat(fd).st_rdev
                except OSError:
                    pass
            del found[out_fd]
            say(sorted(found)); say(len(set(found.values())))
        """)
        assert said == [[0, 1, 2], 1]
