"""Many functions that each use up all the time that they get on every hidden input."""
# ends: completed

import torch

for number in range(60):
    exec("def f(x):\n    while True: pass")


def f(x):
    while True:
        pass


functions = [lambda x, n=number: torch.linalg.matrix_power(torch.ones(500, 500), 10**9) for number in range(60)]
