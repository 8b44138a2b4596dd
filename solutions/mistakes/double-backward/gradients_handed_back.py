import torch
from torch.autograd import grad

x = torch.tensor([1.0, 4.0], requires_grad=True)
y = torch.exp(x / 2).sum()

(first,) = grad(y, x, retain_graph=True)
(second,) = grad(y, x)
print(first + second, "that is twice", first)
print(x.grad)

try:
    grad(y, x)
except RuntimeError as e:
    print("a third time:", e)
