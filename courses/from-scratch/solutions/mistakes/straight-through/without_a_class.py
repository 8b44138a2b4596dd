import torch

straight = lambda value, ramp: ramp + (value - ramp).detach()

quantize = lambda t: straight(t.round(), t)
binarize = lambda t: straight(torch.where(t < 0, -1.0, 1.0), torch.nn.functional.hardtanh(t))

t = torch.tensor([[-3.0, -0.4], [0.6, 1.2]], requires_grad=True)
(binarize(t) * torch.tensor([[1.0, 2.0], [3.0, 4.0]])).sum().backward()
print(quantize(t), binarize(t), t.grad, sep="\n")
