import torch

c = torch.tensor([1.0, 4.0, 9.0])
w = torch.zeros(3, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
v = 0
for t in range(12):
    lr = 0.05 * 0.8**t
    loss = (c * (w - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    w.grad = b.grad = None
    loss.backward()
    with torch.no_grad():
        for p in (w, b):
            v = 0.9 * v + p.grad
            p -= lr * v.sum() if p is b else lr * v
print(w, b)
