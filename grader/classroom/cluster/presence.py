"""Says how many workers there are, and gives up where there are none."""

from __future__ import annotations

import time
from collections.abc import Callable

from grader.classroom.cluster.members import Members
from grader.errors import SandboxError
from grader.text import count

NOTE_EVERY_S = 3.0
LEFT_OUT_S = 5.0
"""How long others are waited for where all workers that came are left out."""
LISTED = 10
RESUME = "What is done is saved; the same command goes on from there."


class Presence:
    """``note`` tells the user something. ``wait_s``: how long a worker is waited for where there is none."""

    def __init__(self, members: Members, wait_s: float, note: Callable[[str], None]) -> None:
        self.note = note
        self._members = members
        self._wait_s = wait_s
        self._noted = 0
        self._noted_at = 0.0
        self._none_since: float | None = None
        """Since when there is no worker that grades or is about to; None: there is one, or no scheduler yet."""
        self._said_none = False

    def connected(self) -> None:
        self._none_since = time.monotonic()

    def look(self) -> None:
        """To be called now and then. Raises SandboxError where there is no worker for too long."""
        now = time.monotonic()
        working = self._members.working
        if working != self._noted and now - self._noted_at >= NOTE_EVERY_S:
            self.note(f"Cluster: {count(working, 'worker')}{self._change(working)}.")
            self._noted, self._noted_at = working, now
        if working:
            self._none_since, self._said_none = None, False
            return
        if self._none_since is None:
            if not self._noted and not self._members.by_address:
                return  # there is no scheduler yet
            self._none_since = now
        for_s = now - self._none_since
        left_out = self._members.in_state("out")
        if left_out and for_s > min(LEFT_OUT_S, self._wait_s):
            reasons = "\n".join(f"  {member.address}: {member.why_out}" for member in left_out[:LISTED])
            more = f"\n  and {len(left_out) - LISTED} more" if len(left_out) > LISTED else ""
            raise SandboxError(f"No worker of the cluster can grade:\n{reasons}{more}\n{RESUME}")
        if for_s > self._wait_s:
            raise SandboxError(
                f"The cluster has had no worker for {self._wait_s:.0f} s, which --cluster-wait allows. {RESUME}"
            )
        if not self._said_none and for_s > NOTE_EVERY_S:
            self._said_none = True
            self.note(f"The cluster has no worker; waiting {self._wait_s:.0f} s for one (--cluster-wait).")

    def _change(self, working: int) -> str:
        if not self._noted:
            return ""
        more = working - self._noted
        return f", {abs(more)} {'more' if more > 0 else 'less'}"
