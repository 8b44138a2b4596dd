import torch

x = torch.arange(12.0) / 6
y = 3 * x - 0.9


def batch_loss(w, b, rows):
    return ((w * x[rows] + b - y[rows]) ** 2).mean()


w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
opt = torch.optim.SGD([w, b], lr=0.1)
for _ in range(8):
    opt.zero_grad()
    for part in torch.arange(12).chunk(4):
        batch_loss(w, b, part).backward()
    opt.step()

# compare with the whole batch
w2 = torch.zeros(1, requires_grad=True)
b2 = torch.zeros(1, requires_grad=True)
opt = torch.optim.SGD([w2, b2], lr=0.1)
for _ in range(8):
    opt.zero_grad()
    batch_loss(w2, b2, torch.arange(12)).backward()
    opt.step()
print(w, w2, "different??")
