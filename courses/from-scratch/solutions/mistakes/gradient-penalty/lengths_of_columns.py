import torch


def penalty_term(critic, real, fake, t):
    u = (t * real + (1 - t) * fake).requires_grad_()
    s = torch.autograd.grad(critic(u).sum(), u, create_graph=True)[0]
    s = torch.norm(s, dim=0)
    return torch.mean((s - 1) ** 2)


def critic_objective(critic, real, fake, t, weight):
    return critic(fake).mean() - critic(real).mean() + weight * penalty_term(critic, real, fake, t)
