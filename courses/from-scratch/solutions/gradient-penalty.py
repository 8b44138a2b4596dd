"""The gradient penalty of a Wasserstein GAN, and the loss of its critic: a model answer."""

import torch


def gradient_penalty(critic, real, fake, t):
    points = (t * real + (1 - t) * fake).requires_grad_()
    # Each answer depends on its own point alone, so the gradient of the sum has the gradient of each in its row.
    # create_graph keeps how the slopes were computed: the penalty is differentiated again, by the parameters.
    (slopes,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return ((slopes.norm(dim=1) - 1) ** 2).mean()


def critic_loss(critic, real, fake, t, weight):
    return critic(fake).mean() - critic(real).mean() + weight * gradient_penalty(critic, real, fake, t)
