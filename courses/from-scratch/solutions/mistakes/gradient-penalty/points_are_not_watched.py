import torch


def gradient_penalty(critic, real, fake, t):
    points = t * real + (1 - t) * fake
    grad = torch.autograd.grad(critic(points).sum(), points, create_graph=True)[0]
    return ((grad.norm(dim=1) - 1) ** 2).mean()


def critic_loss(critic, real, fake, t, weight):
    return critic(fake).mean() - critic(real).mean() + weight * gradient_penalty(critic, real, fake, t)


critic = torch.nn.Linear(3, 1)
print(critic_loss(critic, torch.randn(5, 3), torch.randn(5, 3), torch.rand(5, 1), 10))
