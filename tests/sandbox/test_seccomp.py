"""The filter of system calls in real processes, which install it and make the calls."""

from __future__ import annotations

import errno
import signal
import socket
import subprocess
import sys
import textwrap
from functools import cache

import pytest

from grader.sandbox import call_arguments, seccomp, system_calls
from tests.helpers import bpf

pytestmark = pytest.mark.skipif(seccomp.diagnose() is not None, reason=str(seccomp.diagnose()))

INSTALL = """
import ctypes, errno, os, signal, socket, sys

libc = ctypes.CDLL(None, use_errno=True)

class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]

code = ctypes.create_string_buffer(bytes.fromhex(sys.argv[1]))
program = Program((len(code) - 1) // 8, ctypes.addressof(code))
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0

def answer(function, *arguments):
    try:
        result = function(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno]
    if result == -1:
        return errno.errorcode[ctypes.get_errno()]
    return "ok"

def call(name, *arguments):
    print(name, answer(getattr(libc, name), *arguments))
"""


@cache
def program(shares_host: bool, may_fork: bool) -> str:
    return seccomp.compile_filter(shares_host=shares_host, may_fork=may_fork).hex()


def under_filter(code: str, *, shares_host: bool = False, may_fork: bool = True) -> tuple[list[str], int]:
    """Lines that code printed under the filter, and its exit status."""
    answer = subprocess.run(
        [sys.executable, "-I", "-S", "-c", INSTALL + textwrap.dedent(code), program(shares_host, may_fork)],
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert "Traceback" not in answer.stderr, answer.stderr
    return answer.stdout.splitlines(), answer.returncode


def test_the_filter_is_a_bpf_program() -> None:
    filtered = seccomp.compile_filter(shares_host=False)
    assert len(filtered) % 8 == 0
    assert 50 < len(filtered) // 8 < 4096  # the kernel's limit


def test_it_is_the_same_every_time() -> None:
    again = seccomp.compile_filter.__wrapped__(shares_host=False)
    assert again == seccomp.compile_filter(shares_host=False)
    assert again != seccomp.compile_filter(shares_host=True)


def test_dangerous_calls_are_refused() -> None:
    said, _ = under_filter("""
        call("ptrace", 0, 0, 0, 0)
        call("process_vm_readv", os.getpid(), 0, 0, 0, 0, 0)
        call("unshare", 0)
        call("mount", b"a", b"/", b"tmpfs", 0, 0)
        call("umount2", b"/nowhere", 0)
        call("chroot", b"/")
        call("personality", 0x0040000)
        call("shmget", 1, 4096, 0o1600)
        call("msgget", 1, 0o1600)
        call("setuid", os.getuid())
        call("setsid")
        call("sethostname", b"x", 1)
        call("open_by_handle_at", 0, 0, 0)
    """)
    assert [line.split()[1] for line in said] == ["EPERM"] * 13


def test_calls_on_other_processes_are_refused_and_on_oneself_allowed() -> None:
    said, _ = under_filter("""
        import resource
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)
        print(answer(resource.prlimit, 0, resource.RLIMIT_NOFILE, limit))
        print(answer(resource.prlimit, 1, resource.RLIMIT_NOFILE, limit))
        print(answer(os.sched_setaffinity, 0, os.sched_getaffinity(0)))
        print(answer(os.sched_setaffinity, 1, os.sched_getaffinity(0)))
        print(answer(os.setpriority, os.PRIO_PROCESS, 0, 1))
        print(answer(os.setpriority, os.PRIO_PROCESS, 1, 1))
        print(answer(os.setpriority, os.PRIO_USER, 0, 1))
    """)
    assert said == ["ok", "EPERM", "ok", "EPERM", "ok", "EPERM", "EPERM"]


def test_new_namespaces_are_refused_and_new_processes_allowed() -> None:
    said, _ = under_filter(f"""
        import threading
        for flag in {list(call_arguments.NAMESPACES)}:
            call("syscall", {CLONE}, flag | signal.SIGCHLD, 0, 0, 0, 0)
        child = os.fork()
        if child == 0:
            os._exit(7)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        thread = threading.Thread(target=print, args=("thread",)); thread.start(); thread.join()
        call("syscall", 435, 0, 0)
    """)
    assert said == ["syscall EPERM"] * len(call_arguments.NAMESPACES) + ["7", "thread", "syscall ENOSYS"]


def test_only_unix_sockets_are_to_be_had() -> None:
    said, _ = under_filter("""
        for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_VSOCK, socket.AF_UNIX):
            print(answer(socket.socket, family))
        print(answer(socket.socketpair))
    """)
    assert said == ["EPERM"] * 4 + ["ok", "ok"]


def test_without_namespaces_there_are_no_sockets_and_no_signals() -> None:
    said, _ = under_filter(
        """
        print(answer(socket.socket, socket.AF_UNIX))
        print(answer(socket.socketpair))
        print(answer(os.kill, os.getppid(), 0))
        print(answer(os.kill, 0, 0))
        print(answer(signal.raise_signal, signal.SIGUSR1))
        signal.signal(signal.SIGALRM, lambda *_: print("alarm"))
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        signal.pause()
        """,
        shares_host=True,
    )
    assert said == ["EPERM", "ok", "EPERM", "EPERM", "EPERM", "alarm"]


@pytest.mark.skipif(sys.platform != "linux" or sys.maxsize < 2**32, reason="the numbers are those of x86-64")
def test_the_numbers_of_another_architecture_end_the_process() -> None:
    if CLONE != 56:
        pytest.skip("the numbers are those of x86-64")
    said, status = under_filter("print('before', flush=True); libc.syscall(0x40000000 + 39); print('after')")
    assert said == ["before"]
    assert status == -31  # SIGSYS


NEEDED = ("read", "write", "openat", "mmap", "brk", "futex", "exit_group", "getpid", "prctl", "wait4", "execve")
ARCHITECTURES = pytest.mark.parametrize(("name", "audit"), [("AARCH64", 0xC000_00B7), ("X86_64", 0xC000_003E)])
"""A BPF machine of our own runs the filter, so that both architectures are tried on either."""


@ARCHITECTURES
@pytest.mark.parametrize("shares_host", [False, True])
def test_the_filter_answers_as_the_table_says(name: str, audit: int, shares_host: bool) -> None:
    program = seccomp.compile_filter(shares_host=shares_host, architecture=name)
    groups = [*system_calls.REFUSED, *(system_calls.REFUSED_ON_THE_HOST if shares_host else ())]
    refused = {call: errno_answer(group.answer) for group in groups for call in group.names.split()}
    numbers = {call: number_of(call, name) for call in system_calls.names(*system_calls.ALLOWED, *groups)}
    expected = {call: refused.get(call, bpf.ALLOW) for call, number in numbers.items() if number >= 0}
    # Arguments for which every allowed call is allowed: a pair of sockets, the caller's own process.
    own = {"socket": (1,), "socketpair": (1, 1)}
    own |= {known.call: (*[0] * known.position, min(known.values)) for known in call_arguments.KNOWN}
    answers = {
        call: bpf.answer(program, architecture=audit, number=numbers[call], arguments=own.get(call, ()))
        for call in expected
    }
    assert len(expected) > 290
    assert answers == expected
    assert set(NEEDED) <= {call for call, said in answers.items() if said == bpf.ALLOW}
    for number in (system_calls.LAST + 1, 600, 0x3FFF_FFFF):
        assert bpf.answer(program, architecture=audit, number=number) == errno_answer(errno.ENOSYS), number
    assert bpf.answer(program, architecture=0x4000_0003, number=1) == bpf.KILL_PROCESS  # the numbers of i386


@ARCHITECTURES
@pytest.mark.parametrize("shares_host", [False, True])
def test_some_arguments_are_refused(name: str, audit: int, shares_host: bool) -> None:
    program = seccomp.compile_filter(shares_host=shares_host, architecture=name)
    wholly = set(system_calls.names(*system_calls.REFUSED_ON_THE_HOST)) if shares_host else set()

    def says(call: str, *arguments: int) -> int:
        return bpf.answer(program, architecture=audit, number=number_of(call, name), arguments=arguments)

    for rule in call_arguments.ARGUMENTS:
        if rule.call in wholly or (rule.where == "on the host" and not shares_host):
            continue
        before = (1,) * rule.position if rule.call == "socketpair" else (0,) * rule.position
        for value in rule.values:
            if rule.mask is None:
                assert says(rule.call, *before, value + 2, *([0] * 5)) == errno_answer(rule.answer), rule
                assert says(rule.call, *before, value + 2**32) == errno_answer(rule.answer), rule
            else:
                assert says(rule.call, *before, value) == errno_answer(rule.answer), rule
                assert says(rule.call, *before, value + 2**32) == errno_answer(rule.answer), rule
    for known in call_arguments.KNOWN:
        if number_of(known.call, name) >= 0:
            before = (0,) * known.position
            others = {
                rule.values
                for rule in call_arguments.ARGUMENTS
                if rule.call == known.call and (shares_host or rule.where == "everywhere")
            }
            for value in (*range(200), 1024, 1026, 1031, 1040, 0x5412, 0x6601, 0x5359_5341, 2**31, *known.values):
                if not any(value in values for values in others):
                    expected = bpf.ALLOW if value in known.values else errno_answer(known.answer)
                    assert says(known.call, *before, value) == expected, (known.call, value)
                    assert says(known.call, *before, value + 2**32) == expected, (known.call, value)
    assert says("clone", signal.SIGCHLD) == bpf.ALLOW
    assert says("ioctl", 0, 0x541B) == bpf.ALLOW  # FIONREAD
    assert says("fcntl", 0, 3) == bpf.ALLOW  # F_GETFL
    assert says("madvise", 0, 0, 4) == bpf.ALLOW  # MADV_DONTNEED, which the allocator of memory needs
    assert says("mmap", 0, 4096, 3, 0x22) == bpf.ALLOW  # private and anonymous
    assert says("socket", socket.AF_UNIX) == (bpf.ERRNO + errno.EPERM if shares_host else bpf.ALLOW)


def errno_answer(number: int) -> int:
    return bpf.ERRNO + number


def number_of(call: str, architecture: str) -> int:
    """A call's number, negative where the architecture has no such call or libseccomp cannot know it there."""
    import pyseccomp

    wanted = getattr(pyseccomp.Arch, architecture)
    number: int = pyseccomp.resolve_syscall(wanted, call)
    if number == seccomp.UNKNOWN and wanted == pyseccomp.system_arch():
        number = system_calls.NUMBERS.get(call, seccomp.UNKNOWN)
    return number


def test_where_nothing_limits_processes_there_are_no_new_ones_but_threads() -> None:
    said, _ = under_filter(
        """
        import threading
        print(answer(os.fork))
        thread = threading.Thread(target=print, args=("thread",)); thread.start(); thread.join()
        """,
        shares_host=True,
        may_fork=False,
    )
    assert said == ["EPERM", "thread"]


def test_a_missing_library_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise RuntimeError("Unable to find libseccomp")

    seccomp.compile_filter.cache_clear()
    monkeypatch.setattr(seccomp, "_pyseccomp", missing)
    assert "libseccomp is not installed" in str(seccomp.diagnose())


def test_a_missing_package_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ModuleNotFoundError("No module named 'pyseccomp'")

    seccomp.compile_filter.cache_clear()
    monkeypatch.setattr(seccomp, "_pyseccomp", missing)
    assert "pip install pyseccomp" in str(seccomp.diagnose())


def _clone_number() -> int:
    if seccomp.diagnose() is not None:
        return 0
    import pyseccomp

    number: int = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, "clone")
    return number


CLONE = _clone_number()
