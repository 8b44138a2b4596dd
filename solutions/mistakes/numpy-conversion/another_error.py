import torch

x = torch.arange(4.0, requires_grad=True)
y = x * 2
try:
    y.backward()
except RuntimeError as e:
    print("refused:", e)

try:
    y.detach().numpy().backward()
except AttributeError as e:
    print("refused:", e)
