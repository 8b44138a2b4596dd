import torch


class Box:
    def __init__(self, w):
        self.w = w


box = Box(4.0)
x = torch.tensor(2.0, requires_grad=True)
(x**2).backward()
slope = x.grad
