"""The filter of system calls, compiled by libseccomp for this machine's architecture.

``system_calls`` has the answer to each call, and why. Everything that Python, torch and matplotlib need is allowed.
"""

from __future__ import annotations

import errno
import struct
import sys
import tempfile
from functools import cache
from pathlib import Path
from types import ModuleType

from grader.sandbox.system_calls import (
    ARGUMENTS,
    LAST,
    NUMBERED_ALIKE,
    NUMBERS,
    REFUSED,
    REFUSED_ON_THE_HOST,
    REFUSED_WITH_LANDLOCK,
    Argument,
)

CLONE_THREAD = 0x0001_0000
FOREIGN_NUMBERS = 0x4000_0000
"""Numbers from here on are those of x32. libseccomp's part ends a process that uses them."""
_LOAD_WORD, _JUMP_IF_GREATER, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x25, 0x35, 0x06
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
    alike = {getattr(seccomp.Arch, name, None) for name in NUMBERED_ALIKE}
    return _refuse_unknown_numbers() + program if wanted in alike else program


def _condition(seccomp: ModuleType, rule: Argument, value: int) -> object:
    if rule.mask is None:
        return seccomp.Arg(rule.position, seccomp.NE, value)
    return seccomp.Arg(rule.position, seccomp.MASKED_EQ, rule.mask, value)


def _refuse_unknown_numbers() -> bytes:
    """Instructions before libseccomp's, which has no rule for ranges: numbers above ``LAST`` do not exist yet."""
    instructions = (
        (_LOAD_WORD, 0, 0, 0),  # the number of the call
        (_JUMP_IF_AT_LEAST, 2, 0, FOREIGN_NUMBERS),
        (_JUMP_IF_GREATER, 0, 1, LAST),
        (_RETURN, 0, 0, _RETURN_ERRNO | errno.ENOSYS),
    )
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)


def _pyseccomp() -> ModuleType:
    """Imported late, because it starts a subprocess to find libseccomp. Raises ImportError, RuntimeError without it."""
    import pyseccomp

    module: ModuleType = pyseccomp
    return module
