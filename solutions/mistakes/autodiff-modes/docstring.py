"""M1 = b, M2 = a, M3 = a, M4 = a, M5 = b

In reverse mode all intermediate results have to be kept until the backward sweep reaches them, so memory grows with the
length of the computation. Forward mode costs as much as one evaluation for every input, reverse mode as much as
one evaluation for every output.
"""


def example():
    """Forward: one camera angle, a whole picture of pixels."""
