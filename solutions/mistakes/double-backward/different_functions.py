import torch

x = torch.arange(1.0, 5.0, requires_grad=True)

y = torch.dot(x, x)
y.backward()
try:
    y.backward()
except RuntimeError as e:
    print("not possible:", e)

x.grad = None

# now two passes
y = torch.dot(x, x)
y.backward()
z = x.pow(3).sum()
z.backward()
print(x.grad)
print(x.grad == 2 * x + 3 * x ** 2)
