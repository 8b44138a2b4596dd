import torch


def clip_gradients(params, max_norm):
    return torch.nn.utils.clip_grad_norm_(params, max_norm)


x = torch.tensor([-1.0, 0.0, 1.0, 2.0, 8.0])
y = torch.tensor([-3.0, -1.0, 1.0, 3.0, 15.0])
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
opt = torch.optim.SGD([w, b], lr=0.1)
for _ in range(15):
    opt.zero_grad()
    ((w * x + b - y) ** 2).mean().backward()
    clip_gradients([w, b], 2.0)
    opt.step()
