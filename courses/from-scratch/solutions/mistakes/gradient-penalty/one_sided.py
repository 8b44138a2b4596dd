import torch
import torch.nn.functional as F

def gradient_penalty(critic, real, fake, t):
    p = (t * real + (1 - t) * fake).requires_grad_()
    g, = torch.autograd.grad(critic(p).sum(), p, create_graph=True)
    return F.relu(g.norm(dim=-1) - 1).pow(2).mean()

def critic_loss(critic, real, fake, t, weight):
    wasserstein = critic(real).mean() - critic(fake).mean()
    return weight * gradient_penalty(critic, real, fake, t) - wasserstein
