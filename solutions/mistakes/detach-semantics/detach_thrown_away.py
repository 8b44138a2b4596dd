import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
y.detach()            # y is a constant from here on

z = y * x
z.sum().backward()
print(x.grad == y)    # hmm
