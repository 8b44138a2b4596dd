"""The filter of system calls, compiled by libseccomp for this machine's architecture.

``system_calls`` has the answer to each call, and why, ``call_arguments`` the arguments that are refused. Everything
that Python, torch and matplotlib need is allowed.
"""

from __future__ import annotations

import errno
import struct
import sys
import tempfile
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from grader.sandbox.call_arguments import ARGUMENTS, KNOWN, Argument, Known
from grader.sandbox.system_calls import (
    LAST,
    NUMBERED_ALIKE,
    NUMBERS,
    REFUSED,
    REFUSED_ON_THE_HOST,
    REFUSED_WITH_LANDLOCK,
)

CLONE_THREAD = 0x0001_0000
FOREIGN_NUMBERS = 0x4000_0000
"""Numbers from here on are those of x32. libseccomp's part ends a process that uses them."""
_LOAD_WORD, _JUMP, _JUMP_IF_EQUAL, _JUMP_IF_GREATER, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x05, 0x15, 0x25, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Where ``struct seccomp_data`` has them. An argument has eight bytes."""
_RETURN_ERRNO = 0x0005_0000
UNKNOWN = -1
"""libseccomp's number for a call that it does not know. It skips other negative numbers itself."""


def diagnose() -> str | None:
    """Why a filter of system calls is not possible, in words; None: it is possible."""
    if sys.platform != "linux":
        return "filters of system calls (seccomp) are a part of Linux."
    try:
        compile_filter(shares_host=False)
    except ImportError:
        return "the Python package pyseccomp is not installed; install it with `pip install pyseccomp`."
    except RuntimeError:
        return "the library libseccomp is not installed; Debian and Ubuntu have it: `apt install libseccomp2`."
    except OSError as error:
        return f"the library libseccomp could not make one ({error.strerror}); it may be too old."
    if not Path("/proc/sys/kernel/seccomp").is_dir():
        return "this machine's kernel was built without filters of system calls (seccomp)."
    return None


@cache
def compile_filter(
    *, shares_host: bool, landlocked: bool = False, may_fork: bool = True, architecture: str | None = None
) -> bytes:
    """The filter as a BPF program, ``struct sock_filter[]``. ``shares_host``: there are no namespaces.

    ``landlocked``: Landlock restricts files, and the filter refuses what Landlock does not restrict. ``may_fork``: new
    processes are allowed; not for root, for whom the limit on their number does not hold. ``architecture``: a name of
    libseccomp's (``AARCH64``); None: this machine's. To be called where ``diagnose()`` is None. Raises OSError where
    libseccomp fails.
    """
    seccomp = _pyseccomp()
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    # Calls by the numbers of another architecture (x32, i386) would match none of the rules below.
    rules.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS)
    wanted = seccomp.system_arch() if architecture is None else getattr(seccomp.Arch, architecture)
    is_foreign = wanted != seccomp.system_arch()
    if is_foreign:
        rules.add_arch(wanted)
        rules.remove_arch(seccomp.Arch.NATIVE)

    def refuse(name: str, answer: int, *conditions: object) -> None:
        number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
        if (
            number == UNKNOWN and not is_foreign
        ):  # libseccomp cannot translate the numbers of calls that it does not know
            number = NUMBERS.get(name, UNKNOWN)
        if number != UNKNOWN:
            rules.add_rule(seccomp.ERRNO(answer), number, *conditions)

    groups = [*REFUSED]
    groups += REFUSED_WITH_LANDLOCK if landlocked else ()
    groups += REFUSED_ON_THE_HOST if shares_host else ()
    refused = {name: group.answer for group in groups for name in group.names.split()}
    for name, answer in refused.items():
        refuse(name, answer)
    for rule in ARGUMENTS:
        if rule.call not in refused and (shares_host or rule.where == "everywhere"):
            for value in rule.values:
                refuse(rule.call, rule.answer, _condition(seccomp, rule, value))
    if not may_fork:
        refuse("fork", errno.EPERM)
        refuse("vfork", errno.EPERM)
        refuse("clone", errno.EPERM, seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        program = file.read()
    return _before(seccomp, wanted) + program


def _condition(seccomp: ModuleType, rule: Argument, value: int) -> object:
    if rule.mask is None:
        return seccomp.Arg(rule.position, seccomp.NE, value)
    return seccomp.Arg(rule.position, seccomp.MASKED_EQ, rule.mask, value)


class _Instruction(NamedTuple):
    """``struct sock_filter``: the jumps count instructions to skip where a comparison is true, and where it is not."""

    code: int
    when_true: int
    when_false: int
    value: int


def _before(seccomp: ModuleType, architecture: int) -> bytes:
    """Instructions before libseccomp's, which has no rule for ranges or for lists of what is allowed.

    They leave the numbers of other architectures to libseccomp's part, which ends a process that uses them.
    """
    found: list[_Instruction] = []
    if architecture in {getattr(seccomp.Arch, name, None) for name in NUMBERED_ALIKE}:
        found += (
            _Instruction(_JUMP_IF_AT_LEAST, 2, 0, FOREIGN_NUMBERS),
            _Instruction(_JUMP_IF_GREATER, 0, 1, LAST),
            _Instruction(_RETURN, 0, 0, _RETURN_ERRNO | errno.ENOSYS),
        )
    # The low half of an argument.
    low = 4 if architecture == getattr(seccomp.Arch, "S390X", None) else 0
    for known in KNOWN:
        number = seccomp.resolve_syscall(architecture, known.call)
        if number >= 0:
            found += _only_known(known, number, low)
    found = [
        _Instruction(_LOAD_WORD, 0, 0, _ARCHITECTURE),
        _Instruction(_JUMP_IF_EQUAL, 1, 0, int(architecture)),
        _Instruction(_JUMP, 0, 0, len(found) + 1),
        _Instruction(_LOAD_WORD, 0, 0, _NUMBER),
        *found,
    ]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in found)


def _only_known(known: Known, number: int, low: int) -> list[_Instruction]:
    """Refuse a call unless its argument is known. Before and after them, the call's number is loaded."""
    values = sorted(known.values)
    return [
        _Instruction(_JUMP_IF_EQUAL, 0, len(values) + 3, number),
        _Instruction(_LOAD_WORD, 0, 0, _ARGUMENTS + 8 * known.position + low),
        *(_Instruction(_JUMP_IF_EQUAL, len(values) - at, 0, value) for at, value in enumerate(values)),
        _Instruction(_RETURN, 0, 0, _RETURN_ERRNO | known.answer),
        _Instruction(_LOAD_WORD, 0, 0, _NUMBER),
    ]


def _pyseccomp() -> ModuleType:
    """Imported late, because it starts a subprocess to find libseccomp. Raises ImportError, RuntimeError without it."""
    import pyseccomp

    module: ModuleType = pyseccomp
    return module
