import torch

calls = 0


def g(x):
    global calls
    calls += 1
    if calls % 2:
        return 3 * x
    return x**2


for value in (1.0, 2.0, 3.0, 4.0):
    x = torch.tensor(value, requires_grad=True)
    g(x).backward()
    print(value, x.grad)
