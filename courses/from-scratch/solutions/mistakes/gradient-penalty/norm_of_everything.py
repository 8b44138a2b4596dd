import torch
from torch.autograd import grad

LAMBDA = 10


def gp(D, x, x_fake, eps):
    mixed = (eps * x + (1 - eps) * x_fake).requires_grad_(True)
    g = grad(D(mixed).sum(), mixed, create_graph=True)[0]
    return (g.norm() - 1).pow(2)


def loss_D(D, x, x_fake, eps, weight=LAMBDA):
    return D(x).mean() - D(x_fake).mean() + weight * gp(D, x, x_fake, eps)
