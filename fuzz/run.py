"""Runs the targets under atheris, each in a process of its own, or one input once more.

    python -m fuzz.run                       every target for a minute
    python -m fuzz.run --seconds 300 loader  one of them, longer
    python -m fuzz.run loader FILE           what FILE does to it

What breaks a promise is left in build/fuzz/TARGET/. The exit code is 1 where there is something.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from fuzz.target import Target
from fuzz.targets import NAMES, find

FOUND = Path("build/fuzz")
LONGEST_S = 20
"""Of one input; the worst that is known take a quarter of it."""
MOST_MIB = 2048


def main() -> int:
    arguments = _parser().parse_args()
    if arguments.inside:
        _fuzz(arguments.target[0], arguments.inside)
    names = [name for name in arguments.target if name in NAMES] or list(NAMES)
    files = [Path(name) for name in arguments.target if name not in NAMES]
    if files:
        return _again(find(names[0]), files) if len(names) == 1 else _parser().error("which target is FILE for?")
    broken = [name for name in names if not _holds(find(name), arguments.seconds)]
    print(f"\nBroken: {', '.join(broken)}." if broken else "\nNothing was found.")
    return 1 if broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fuzz.run", description="Fuzz what parses hostile bytes.")
    parser.add_argument("target", nargs="*", help=f"{', '.join(NAMES)}; and a file, to see what it does")
    parser.add_argument("--seconds", type=int, default=60, help="for each target; default: %(default)s")
    parser.add_argument("--inside", nargs="*", help=argparse.SUPPRESS)
    return parser


def _again(target: Target, files: Sequence[Path]) -> int:
    for path in files:
        print(f"{target.name}: {path}")
        target.check(path.read_bytes())
        print("  Nothing is broken.")
    return 0


def _holds(target: Target, seconds: int) -> bool:
    """Fuzz a target from its seeds; say in words what was found."""
    print(f"\n{target.name}: {target.about}\n", flush=True)
    found = FOUND / target.name
    found.mkdir(parents=True, exist_ok=True)
    before = {path: path.stat().st_mtime_ns for path in found.iterdir()}
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        corpus, words = Path(folder, "corpus"), Path(folder, "words")
        corpus.mkdir()
        for number, seed in enumerate(target.seeds()):
            (corpus / f"seed-{number}").write_bytes(seed)
        words.write_text("".join(f'"{_quoted(word)}"\n' for word in target.words), encoding="ascii")
        options = [
            f"-max_total_time={seconds}",
            f"-max_len={target.longest}",
            f"-timeout={LONGEST_S}",
            f"-rss_limit_mb={MOST_MIB}",
            f"-artifact_prefix={found}/",
            "-print_final_stats=1",
            "-len_control=0",
            *([f"-dict={words}"] if target.words else []),
            str(corpus),
        ]
        command = [sys.executable, "-m", "fuzz.run", target.name, "--inside", *(f"={option}" for option in options)]
        # libFuzzer ends a process without a goodbye: what that leaves behind goes with the folder.
        done = subprocess.run(command, check=False, env={**os.environ, "TMPDIR": folder})
    new = sorted(path for path in found.iterdir() if path.stat().st_mtime_ns != before.get(path))
    for path in new:
        print(f"{target.name} is broken by {path}. To see how: {sys.executable} -m fuzz.run {target.name} {path}")
    if done.returncode and not new:
        print(f"{target.name} ended with {done.returncode}, and left nothing behind.")
    return not done.returncode


def _fuzz(name: str, options: Sequence[str]) -> NoReturn:
    """In the process of a target, which ends with this."""
    import atheris

    with atheris.instrument_imports(include=["grader"]):
        target = find(name)
    for seed in target.seeds():
        target.check(seed)  # whatever is imported or kept at the first time is there
    atheris.Setup([sys.argv[0], *(option.removeprefix("=") for option in options)], target.check)
    atheris.Fuzz()
    raise SystemExit


def _quoted(word: str) -> str:
    """A word as libFuzzer's dictionaries have it."""
    return "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\\\' else f"\\x{byte:02x}" for byte in word.encode()
    )


if __name__ == "__main__":
    sys.exit(main())
