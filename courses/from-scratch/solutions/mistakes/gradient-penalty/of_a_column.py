import torch


def gradient_penalty(critic, real, fake, t):
    points = (t * real + (1 - t) * fake).requires_grad_()
    out = critic(points)
    grad = torch.autograd.grad(out, points, create_graph=True)[0]
    return ((grad.norm(dim=1) - 1) ** 2).mean()


def critic_loss(critic, real, fake, t, weight):
    return critic(fake).mean() - critic(real).mean() + weight * gradient_penalty(critic, real, fake, t)
