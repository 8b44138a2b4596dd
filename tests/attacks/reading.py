"""``python -m tests.attacks.reading FILE``: reads a hand-in as ``grade`` does, and says what that took."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """``refused`` is the message where nothing can be read; ``peak_mb`` the most memory that the process ever had."""

    refused: str | None
    took_s: float
    peak_mb: float


def read(path: Path, limit_s: float) -> Reading:
    """Reads a file in a process of its own. Raises TimeoutExpired."""
    command = [sys.executable, "-m", "tests.attacks.reading", str(path)]
    done = subprocess.run(command, capture_output=True, timeout=limit_s, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return Reading(**json.loads(done.stdout))


def main() -> None:
    from grader import submission
    from grader.errors import SubmissionError

    refused = None
    began = time.monotonic()
    try:
        for each in submission.find(sys.argv[1:]):
            submission.load(each)
    except SubmissionError as error:
        refused = str(error)
    took_s = time.monotonic() - began
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    sys.stdout.write(
        json.dumps({"refused": refused, "took_s": took_s, "peak_mb": int(peak[1]) / 1024 if peak else 0.0})
    )


if __name__ == "__main__":
    main()
