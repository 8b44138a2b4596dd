import torch

x = torch.tensor([1.0, -1.0], requires_grad=True)
y = torch.exp(x).sum()
y.backward()
g = x.grad.clone()
print(g)
x.grad = g + g
print("twice:", x.grad)
x.grad = torch.zeros(2)
print("cleared:", x.grad)
x.grad = g
print("once:", x.grad)
