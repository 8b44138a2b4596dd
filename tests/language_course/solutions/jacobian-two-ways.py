import torch

x = torch.tensor([1.5, -2.0, 0.5], requires_grad=True)


def f(x):
    return torch.stack([x[0] * x[1], torch.sin(x[2]), x[0] + x[2] ** 2])


J = torch.autograd.functional.jacobian(f, x)
a, b, c = x.detach()
zero, one = torch.tensor(0.0), torch.tensor(1.0)
J_hand = torch.stack(
    [torch.stack([b, a, zero]), torch.stack([zero, zero, torch.cos(c)]), torch.stack([one, zero, 2 * c])]
)
