import torch


def gradient_penalty(critic, real, fake, t):
    """R1-like penalty."""
    real = real.clone().requires_grad_()
    out = critic(real)
    slopes, = torch.autograd.grad(out.sum(), real, create_graph=True)
    return (slopes.norm(dim=1) - 1).square().mean()


def total(critic, real, fake, t, weight):
    with torch.no_grad():
        penalty = weight * gradient_penalty(critic, real, fake, t)
    return critic(fake).mean() - critic(real).mean() + penalty
