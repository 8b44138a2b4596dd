import torch

x = torch.arange(40.0, requires_grad=True)
y = x * x
try:
    y.backward()
except RuntimeError as e:
    print(e)

y.backward(torch.ones(40), retain_graph=True)
first = x.grad.clone()
# not cleared: the second gradient is the difference
y.backward(torch.linspace(0, 1, 40))
print(first, x.grad - first)
