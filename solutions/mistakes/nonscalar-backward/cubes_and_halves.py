import torch

x = torch.tensor([-1.0, 2.0, 3.0], requires_grad=True)

try:
    (x ** 3).backward()
except RuntimeError as e:
    print("so not like this:", e)

y = x * x
y.backward(gradient=0.5 * torch.ones(3))
print(x.grad)     # I expected 2x
