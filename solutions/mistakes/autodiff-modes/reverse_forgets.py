"""Forward and reverse mode.

M1: b
M2: a
M3: b
M4: a
M5: b

Reverse mode does not have to store any intermediate value, it only keeps the last gradient; that is why it is used for
neural networks.
"""
