"""A control flow of your own: a model answer."""

import torch


# The function from before. It is given, so neither it nor its parts are an answer here, nor its sum.
def grow(b):
    while b.norm() < 1000:
        b = b * 2
    return b


def scale(b):
    return b if b.sum() > 0 else 100 * b


def doubled(a):
    return grow(2 * a)


def f(a):
    return scale(doubled(a))


def total(a):
    return f(a).sum()


# One of our own: a toll that is charged by the piece up to 1, and by the square beyond. Of what is far away a root is
# taken first, over and over, until the amount is a moderate one.
def toll(x):
    amount = x.abs()
    if amount <= 1:
        return 3 * amount
    while amount > 50:
        amount = amount.sqrt()
    return amount**2 + 2 * amount


for value in (0.5, -0.5, 4.0, -4.0, 2500.0, 400000.0):
    x = torch.tensor(value, requires_grad=True)
    toll(x).backward()
    print(f"x = {value:>8}: toll {toll(x).item():10.4f}, slope {x.grad.item():10.6f}")

# Autograd differentiates the piece that was computed with, and knows nothing of the others. Up to 1 the slope is 3 or
# -3, beyond it is 2|x| + 2 with the sign of x, and each root that was taken makes it smaller by its own factor. Right at
# 1 the two pieces meet, with slopes 3 and 4: the code takes the first one, and so does the gradient. At 0 there is
# a kink, where PyTorch says 0 for abs. A branch itself has no slope; the border is simply not seen.
