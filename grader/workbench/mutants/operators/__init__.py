"""The ways in which learners go wrong: one module for each family, each with its ``OPERATORS``."""

from __future__ import annotations

from grader.workbench.mutants.code import Operator
from grader.workbench.mutants.operators import (
    arithmetic,
    autograd_switches,
    branches,
    constants,
    formulas,
    functions,
    graph_cuts,
    plots,
    provoked_errors,
    reductions,
    returned_values,
    statements,
    training,
)

OPERATORS: tuple[Operator, ...] = (
    *autograd_switches.OPERATORS,
    *graph_cuts.OPERATORS,
    *reductions.OPERATORS,
    *provoked_errors.OPERATORS,
    *formulas.OPERATORS,
    *branches.OPERATORS,
    *arithmetic.OPERATORS,
    *constants.OPERATORS,
    *functions.OPERATORS,
    *returned_values.OPERATORS,
    *plots.OPERATORS,
    *training.OPERATORS,
    *statements.OPERATORS,
)
"""In the order in which they are asked: where two make the same code, the mutant is named for the first."""
