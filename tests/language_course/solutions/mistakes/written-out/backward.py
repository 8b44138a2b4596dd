import torch


class Scaled(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.zeros(3))

    def forward(self, x):
        return x / (1 / self.scale)


def softmax(scores):
    e = [torch.exp(s) for s in scores]
    return torch.stack(e) / sum(e)


def slope(x):
    w = x.detach().clone().requires_grad_(True)
    y = w.pow(3).sum()
    y.backward()
    return w.grad


test = torch.randn(5)
assert torch.allclose(torch.softmax(test, 0), softmax(test))
