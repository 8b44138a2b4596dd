import torch

x = torch.arange(12.0) / 6
y = 3 * x - 0.9
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
opt = torch.optim.SGD([w, b], lr=0.1)
for step in range(8):
    for k in range(4):
        opt.zero_grad()
        xb, yb = x[3 * k : 3 * k + 3], y[3 * k : 3 * k + 3]
        loss = ((w * xb + b - yb) ** 2).mean() / 4
        loss.backward()
    opt.step()
print(w, b)

# whole batches
w2 = torch.zeros(1, requires_grad=True)
b2 = torch.zeros(1, requires_grad=True)
opt2 = torch.optim.SGD([w2, b2], lr=0.1)
for step in range(8):
    opt2.zero_grad()
    ((w2 * x + b2 - y) ** 2).mean().backward()
    opt2.step()
print(w2, b2)
