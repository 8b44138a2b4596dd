import torch


def gradient_penalty(critic, real, fake, t):
    points = (t * real + (1 - t) * fake).requires_grad_()
    grads = torch.autograd.grad(critic(points).sum(), points, create_graph=True)[0]
    return grads.pow(2).sum(1).mean()


def critic_loss(critic, real, fake, t, weight):
    return torch.mean(critic(fake)) - torch.mean(critic(real)) + weight * gradient_penalty(critic, real, fake, t)
