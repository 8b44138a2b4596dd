import torch
import torch.func as tf


def full_jacobian(func, point):
    point = point.detach().clone().requires_grad_()
    value = func(point)
    basis = torch.eye(value.numel(), dtype=value.dtype)
    (matrix,) = torch.autograd.grad(value, point, basis, is_grads_batched=True)
    return matrix


def squares(t):
    return (t.unsqueeze(0) * t.unsqueeze(1)).flatten()[:5]


where = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
by_rows, by_jacrev = full_jacobian(squares, where), tf.jacrev(squares)(where)
print("max difference:", (by_rows - by_jacrev).abs().max().item())
