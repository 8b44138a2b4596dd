import torch

x = torch.tensor([2.0, 3.0, 4.0], requires_grad=True)
y = x * x
u = y.detach()
z = u * x

for name, what in [("z", z), ("y", y)]:
    try:
        what.backward()
        print(name, x.grad)
    except RuntimeError as e:
        print(name, "->", e)
