import torch

x = torch.arange(1.0, 5.0, requires_grad=True)
y = x @ x
y.backward()
print(x.grad)

# I read that retain_graph helps
try:
    y.backward(retain_graph=True)
except RuntimeError as e:
    print(type(e).__name__, e)
