import torch

def interpolate(real, fake, t):
    return real + t * (fake - real)

def gradient_penalty(critic, real, fake, t):
    x = interpolate(real, fake, t).requires_grad_(True)
    y = critic(x)
    dx = torch.autograd.grad(y, x, grad_outputs=torch.ones(y.shape), create_graph=True)[0]
    return torch.sum((torch.linalg.vector_norm(dx, dim=1) - 1) ** 2) / len(x)

def critic_loss(critic, real, fake, t, weight):
    return critic(fake).mean() - critic(real).mean() + weight * gradient_penalty(critic, real, fake, t)
