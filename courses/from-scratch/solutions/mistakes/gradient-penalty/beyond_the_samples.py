import torch

fns = {}
def penalty(critic, real, fake, t):
    x = (real + t * (real - fake)).requires_grad_()
    y = critic(x)
    g = torch.autograd.grad(y, x, torch.ones_like(y), create_graph=True)[0]
    return ((g.norm(dim=1) - 1) ** 2).mean()
fns["penalty"] = penalty
fns["loss"] = lambda critic, real, fake, t, weight: (critic(fake) - critic(real) + weight * fns["penalty"](critic, real, fake, t)).mean()

critic = torch.nn.Linear(5, 1)
# for a linear critic the penalty is (|w|-1)^2 everywhere
p = fns["penalty"](critic, torch.randn(6, 5), torch.randn(6, 5), torch.rand(6, 1))
print(p, (critic.weight.norm() - 1) ** 2)
