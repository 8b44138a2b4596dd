"""
Forward mode or reverse mode

M1: a
M1: c
M1: b
M2: b
M2: c
M2: a
M3: b
M3: c
M3: a
M4: b
M4: c
M4: a
M5: a
M5: c
M5: b
"""
