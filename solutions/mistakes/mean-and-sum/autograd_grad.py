import torch

for shape in [(3,), (2, 5)]:
    t = torch.rand(shape, dtype=torch.float64, requires_grad=True)
    print(torch.autograd.grad(t.mean(), t))
    print(torch.autograd.grad(t.sum(), t))
    print(torch.autograd.grad((3 * (t + 2).pow(2)).mean(), t))

whole = torch.arange(3)
try:
    whole.requires_grad = True
except RuntimeError as e:
    print(e)
