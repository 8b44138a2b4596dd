import torch


def f(x):
    # how many factors it takes; for 0.5 it would never end
    y = x
    n = 1
    while y < 1000:
        y = y * x
        n += 1
    print("x to the", n)
    return y


for v in (2.0, 5.0):
    x = torch.tensor(v, requires_grad=True)
    f(x).backward()
    print(x.grad)
