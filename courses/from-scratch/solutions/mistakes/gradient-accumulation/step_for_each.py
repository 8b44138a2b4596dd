import torch

x = torch.arange(12.0) / 6
y = 3 * x - 0.9
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
opt = torch.optim.SGD([w, b], lr=0.1)
for epoch in range(8):
    for i in range(0, 12, 3):
        opt.zero_grad()
        loss = ((w * x[i : i + 3] + b - y[i : i + 3]) ** 2).mean() / 4
        loss.backward()
        opt.step()
print(w, b)
