import torch

c = torch.tensor([1.0, 4.0, 9.0])
w = torch.zeros(3, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
opt = torch.optim.SGD([w, b], lr=0.05)  # plain, the momentum is mine
velocity = {}
t = 0
while t < 12:
    opt.zero_grad()
    ((c * (w - 1) ** 2).sum() + ((b + 2) ** 2).sum()).backward()
    for p in (w, b):
        velocity[p] = velocity.get(p, 0) * 0.9 + p.grad
        p.grad = velocity[p].clone()
    opt.param_groups[0]["lr"] = 0.05 * 0.8**t
    opt.step()
    t += 1
