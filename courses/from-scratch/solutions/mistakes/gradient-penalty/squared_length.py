import torch


def gradient_penalty(critic, real, fake, t):
    u = (t * real + (1 - t) * fake).requires_grad_()
    s = torch.autograd.grad(critic(u).sum(), u, create_graph=True)[0]
    return ((s.square().sum(dim=1) - 1) ** 2).sum() / s.shape[0]


def critic_loss(critic, real, fake, t, weight):
    p = gradient_penalty(critic, real, fake, t).item()
    return critic(fake).mean() - critic(real).mean() + weight * p
