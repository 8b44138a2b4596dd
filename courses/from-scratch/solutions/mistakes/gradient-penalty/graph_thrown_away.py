import torch


def gradient_penalty(critic, real, fake, t):
    x_hat = t * real + (1 - t) * fake
    x_hat.requires_grad_(True)
    d = critic(x_hat)
    grads = torch.autograd.grad(outputs=d, inputs=x_hat, grad_outputs=torch.ones_like(d))[0]
    return ((grads.norm(2, dim=1) - 1) ** 2).mean()


def critic_loss(critic, real, fake, t, weight):
    gp = gradient_penalty(critic, real, fake, t)
    return -(critic(real).mean() - critic(fake).mean()) + weight * gp


net = torch.nn.Linear(2, 1)
print(critic_loss(net, torch.randn(4, 2), torch.randn(4, 2), torch.rand(4, 1), 10.0))
