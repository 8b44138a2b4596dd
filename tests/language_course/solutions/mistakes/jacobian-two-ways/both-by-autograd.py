import torch

x = torch.tensor([1.5, -2.0, 0.5], requires_grad=True)


def f(x):
    return torch.stack([x[0] * x[1], torch.sin(x[2]), x[0] + x[2] ** 2])


def formulas(a, b, c):
    return torch.tensor([[b, a, 0], [0, 0, torch.cos(torch.tensor(c))], [1, 0, 2 * c]])


J = torch.autograd.functional.jacobian(f, x)
J_hand = J.clone()
