import torch


def jacobian_by_rows(f, x):
    """The Jacobian of f at x: a row for each output, a column for each input."""
    ...
