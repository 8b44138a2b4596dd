# %% [markdown]
# # Forward and reverse mode, with a look at both in code
#
# M1: b
# M2: a
# M3: a
# M4: a
# M5: b
#
# 1. The slope of x * y with respect to x is y. So reverse mode, which multiplies its factors from the end, has to keep
#    the intermediate values of the whole computation in memory, together with a record of what was done with them (the
#    computational graph), until it has come back to them. Forward mode has the factor at hand at the very moment when
#    it needs it.
#
# 2. Forward mode costs one sweep per input, reverse mode one sweep per output; each is a small multiple of the time of
#    the function itself. All derivatives take n sweeps forward, or m sweeps in reverse: take what there is less of.
#
# 3. How a whole simulated orbit moves if one constant of nature is changed a little: one input, a great many outputs,
#    and millions of steps whose values need not be kept.

# %% Both modes on a function of three inputs and two outputs
import torch


def fold(x):
    return torch.stack([x[0] * x[1], x[1].sin() + x[2]])


x = torch.tensor([1.0, 2.0, 3.0])
columns = [torch.func.jvp(fold, (x,), (direction,))[1] for direction in torch.eye(3)]
value, back = torch.func.vjp(fold, x)
rows = [back(weights)[0] for weights in torch.eye(2)]
print("three sweeps forward, a column each:", torch.stack(columns, dim=1), sep="\n")
print("two sweeps in reverse, a row each:", torch.stack(rows), sep="\n")
