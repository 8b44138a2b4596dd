"""What is proven of a course: a module for each proof. A new one needs its line in ``PROOFS``."""

from __future__ import annotations

from grader.workbench.mutants.proof import MutantsProof
from grader.workbench.proof import Proof
from grader.workbench.proofs.branches import Branches
from grader.workbench.proofs.cross_talk import CrossTalk
from grader.workbench.proofs.known_submissions import KnownSubmissions
from grader.workbench.proofs.lints import Lints
from grader.workbench.proofs.points import Points
from grader.workbench.proofs.references import References
from grader.workbench.proofs.shown import Shown
from grader.workbench.proofs.tolerance import Tolerance

PROOFS: tuple[type[Proof], ...] = (
    References,
    KnownSubmissions,
    Points,
    Branches,
    Tolerance,
    Shown,
    CrossTalk,
    Lints,
    MutantsProof,
)
"""In the order in which they are made, and of the columns of reports. References are first: others use their runs."""
