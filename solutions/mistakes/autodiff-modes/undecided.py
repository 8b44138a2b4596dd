# %% [markdown]
# # Forward mode or reverse mode
# M1: b
# M2: a or b
# M3: a
# M4: a, b
# M5: b
#
# I am not sure about M2 and M4.
