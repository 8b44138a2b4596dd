# Twice the same, and what x.grad says to it
import torch


def once():
    x = torch.tensor([2.0, 5.0], requires_grad=True)
    y = (x ** 3).sum()
    y.backward()
    print(x.grad)
    return y


y = once()
y = once()        # the same numbers again, so nothing adds up?

try:
    y.backward()
except RuntimeError as e:
    print("and now:", e)
