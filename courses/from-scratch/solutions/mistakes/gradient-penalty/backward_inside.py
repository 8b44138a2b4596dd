import torch


def gradient_penalty(critic, real, fake, t):
    points = (t * real + (1 - t) * fake).detach().requires_grad_(True)
    critic(points).sum().backward(create_graph=True)
    slope = points.grad
    return ((slope.norm(dim=1) - 1) ** 2).mean()


def critic_loss(critic, real, fake, t, weight):
    loss = (critic(fake) - critic(real)).mean()
    loss = loss + gradient_penalty(critic, real, fake, t)
    return loss
