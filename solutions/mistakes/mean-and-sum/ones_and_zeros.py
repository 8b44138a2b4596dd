import torch

for start in (torch.ones(3), torch.zeros(2, 2)):
    x = start.clone().requires_grad_()
    x.mean().backward()
    print(x.grad)
    x.grad = None
    x.sum().backward()
    print(x.grad)
    x.grad = None
    (3 * (x + 2) ** 2).mean().backward()
    print(x.grad)
