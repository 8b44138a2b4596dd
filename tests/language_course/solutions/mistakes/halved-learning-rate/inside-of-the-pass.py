import torch

w = torch.tensor([4.0, -2.0], requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.4)
schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)


def step(leaf):
    optimizer.step()
    optimizer.zero_grad()


w.register_post_accumulate_grad_hook(step)
for _ in range(4):
    (w**2).sum().backward()
    schedule.step()
