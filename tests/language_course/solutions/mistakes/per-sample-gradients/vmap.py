import torch

X = torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.5, 4.0]])
y = torch.tensor([1.0, 2.0, 3.0])
w = torch.tensor([0.5, -1.0], requires_grad=True)

per_sample = torch.func.vmap(torch.func.grad(lambda w, a, b: (a @ w - b) ** 2), in_dims=(None, 0, 0))(w.detach(), X, y)
