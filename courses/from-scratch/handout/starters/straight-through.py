import torch


def round_through(x):
    """Rounded forward, as it is backward."""
    ...


def sign_through(x):
    """1 or -1 forward; backward as it is between -1 and 1."""
    ...
