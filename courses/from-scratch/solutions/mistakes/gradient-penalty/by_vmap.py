# torch.func: the slope of one point, mapped over all of them
import torch
from torch.func import grad, vmap


def penalty(critic, real, fake, t):
    slope = vmap(grad(lambda point: critic(point).squeeze(-1)))
    lengths = slope(fake + t * (real - fake)).square().sum(-1).sqrt()
    return (lengths - 1).square().mean()


loss = lambda critic, real, fake, t, weight: (critic(fake) - critic(real)).mean() + weight * penalty(critic, real, fake, t)

net = torch.nn.Sequential(torch.nn.Linear(2, 6), torch.nn.Softplus(), torch.nn.Linear(6, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(5):
    a, b = torch.randn(2, 8, 2)
    optimizer.zero_grad()
    value = loss(net, a + 2, b, torch.rand(8, 1), 10.0)
    value.backward()
    optimizer.step()
    print(step, value.item())
