import torch

x = torch.arange(12.0) / 6
y = 3 * x - 0.9
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for step in range(8):
    for k in range(4):
        xb = x[k * 3 : (k + 1) * 3]
        yb = y[k * 3 : (k + 1) * 3]
        loss = ((w * xb + b - yb) ** 2).mean() / 12  # 12 rows
        loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
print(w, b)
