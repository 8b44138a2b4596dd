"""Which parameters a submission's modules need: those of the reference's modules, by name and shape.

They are known when the references have been observed. Nothing else of a reference goes into the job of a submission:
the values are drawn from the seed, by these names and shapes, for the reference as for everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from grader.judging.modules.called_modules import needed_parameters
from grader.judging.observed import Observed
from grader.model import ModuleProbe, Probes


def with_needed_parameters(
    probes: Probes, exercise_of: Mapping[str, str], observe: Callable[[str], Observed | None]
) -> Probes:
    """The probes with what their modules need.

    ``exercise_of`` gives the id of the exercise by that of a probe; ``observe`` what was observed of its reference,
    None where that is broken: then nobody is judged by it.
    """

    def filled(probe: ModuleProbe) -> ModuleProbe:
        reference = observe(exercise_of[probe.id])
        return replace(probe, needed=() if reference is None else needed_parameters(reference, probe))

    return replace(probes, modules=tuple(map(filled, probes.modules))) if probes.modules else probes
