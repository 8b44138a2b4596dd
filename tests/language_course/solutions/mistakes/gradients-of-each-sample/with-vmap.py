import torch
from torch.func import grad, vmap

X = torch.tensor([[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]])
y = torch.tensor([1.0, 2.0, 0.0])
w = torch.tensor([0.5, -0.5])
per_sample = vmap(grad(lambda w, x, t: (x @ w - t) ** 2), in_dims=(None, 0, 0))(w, X, y)
