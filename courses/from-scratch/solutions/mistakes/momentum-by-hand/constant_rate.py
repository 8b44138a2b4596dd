import torch

c = torch.tensor([1.0, 4.0, 9.0])
w = torch.zeros(3, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
v1 = torch.zeros(3)
v2 = torch.zeros(1)
lr = 0.05
for i in range(12):
    loss = (c * (w - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        v1 = 0.9 * v1 + w.grad
        w -= lr * v1
        v2 = 0.9 * v2 + b.grad
        b -= lr * v2
        w.grad, b.grad = None, None
print(w, b)
