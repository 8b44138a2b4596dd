"""The table of system calls is complete, and a real worker answers as it says."""

from __future__ import annotations

import ctypes
import errno
from collections import Counter

import pytest

from grader.sandbox import call_arguments, seccomp, system_calls
from grader.sandbox.worker_handle import WorkerHandle
from tests.sandbox.workers import run_on

pytestmark = pytest.mark.skipif(seccomp.diagnose() is not None, reason=str(seccomp.diagnose()))

TABLE = system_calls.names(*system_calls.ALLOWED, *system_calls.REFUSED)
NUMBERED_OTHERWISE = {"uretprobe", "uprobe", "riscv_hwprobe"}
"""Newer than libseccomp, and with numbers of one architecture."""


def test_every_call_of_linux_has_one_answer() -> None:
    """Of those that libseccomp knows, and of all numbers since."""
    import pyseccomp

    resolve = pyseccomp._libseccomp.seccomp_syscall_resolve_num_arch
    resolve.restype = ctypes.c_char_p
    known = {
        found.decode()
        for architecture in (pyseccomp.Arch.X86_64, pyseccomp.Arch.AARCH64)
        for number in range(system_calls.LAST + 1)
        if (found := resolve(int(architecture), number)) is not None
    }
    assert len(known) > 350
    assert {call for call, times in Counter(TABLE).items() if times > 1} == set()
    assert known - set(TABLE) == set()
    assert set(system_calls.NUMBERS.values()) == set(range(449, system_calls.LAST + 1))
    assert set(system_calls.NUMBERS) <= set(TABLE)


def test_every_name_is_a_system_call_somewhere() -> None:
    import pyseccomp

    unknown = {call for call in TABLE if pyseccomp.resolve_syscall(pyseccomp.Arch.X86_64, call) == seccomp.UNKNOWN}
    assert unknown - set(system_calls.NUMBERS) <= NUMBERED_OTHERWISE


def test_what_is_refused_in_part_is_in_the_table() -> None:
    elsewhere = system_calls.names(*system_calls.REFUSED_WITH_LANDLOCK, *system_calls.REFUSED_ON_THE_HOST)
    allowed = set(system_calls.names(*system_calls.ALLOWED))
    assert {rule.call for rule in (*call_arguments.ARGUMENTS, *call_arguments.KNOWN)} <= allowed
    assert len({rule.call for rule in call_arguments.KNOWN}) == len(call_arguments.KNOWN)
    assert set(elsewhere) <= allowed
    assert all(group.why.endswith(".") for group in (*system_calls.ALLOWED, *system_calls.REFUSED))


def test_a_worker_refuses_what_the_table_says(strict: WorkerHandle) -> None:
    """With arguments that would do nothing if a call were let through."""
    import pyseccomp

    expected, numbers = {}, {}
    for group in system_calls.REFUSED:
        for call in group.names.split():
            number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, call)
            number = system_calls.NUMBERS.get(call, number) if number == seccomp.UNKNOWN else number
            if number >= 0:
                numbers[call], expected[call] = number, group.answer
    numbers["not yet"], expected["not yet"] = system_calls.LAST + 1, errno.ENOSYS
    said, _ = run_on(
        strict,
        f"""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        minus = [ctypes.c_long(-1)] * 6
        say({{
            call: 0 if libc.syscall(ctypes.c_long(number), *minus) == 0 else ctypes.get_errno()
            for call, number in {numbers}.items()
        }})
        """,
    )
    assert said == [expected]
    assert len(expected) > 100
