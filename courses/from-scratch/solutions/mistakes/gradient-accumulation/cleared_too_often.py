import torch

x = torch.arange(12.0) / 6
y = 3 * x - 0.9
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
optimizer = torch.optim.SGD([w, b], lr=0.1)
k = 4
for epoch in range(8):
    for i, (xb, yb) in enumerate(zip(x.split(3), y.split(3))):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(w * xb + b, yb)
        (loss / k).backward()
        if (i + 1) % k == 0:
            optimizer.step()
    print(epoch, loss.item())
