import torch

for start in (torch.tensor(3.0), torch.tensor([[1.0, 2.0], [5.0, 6.0]])):
    x = start.clone().requires_grad_()
    y = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    x.register_hook(lambda g: g * 2)
    y.register_hook(lambda g: g * 2)
    z = (2 * x * x.detach() + 2 * y * y.detach()).mean()
    z.backward()
    print(x.grad, y.grad)
