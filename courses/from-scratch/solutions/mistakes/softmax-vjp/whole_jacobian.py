import torch


def softmax(x):
    z = x - torch.max(x, dim=-1, keepdim=True).values
    return torch.exp(z) / torch.sum(torch.exp(z), dim=-1, keepdim=True)


def softmax_vjp(p, v):
    # J[i, j] = p_i (delta_ij - p_j)
    return torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-2)


x = torch.tensor([0.3, -1.0, 2.0], requires_grad=True)
J = torch.autograd.functional.jacobian(softmax, x)
print(J - softmax_vjp(softmax(x.detach()), None))
