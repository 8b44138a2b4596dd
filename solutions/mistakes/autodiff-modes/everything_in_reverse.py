"""Autodiff modes

M1: b
M2: b
M3: b
M4: a
M5: a

Reverse mode is the better one, which is why PyTorch has it.
"""
