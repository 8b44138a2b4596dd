# %% [markdown]
# # Forward and reverse mode: a model answer
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
