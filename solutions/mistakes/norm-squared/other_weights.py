import torch

v = torch.tensor([2.0, -1.0, 0.5], requires_grad=True)
squares = v ** 2
squares.backward(gradient=torch.tensor([1.0, 10.0, 100.0]))
print(v.grad)
