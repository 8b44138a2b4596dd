import torch

params = dict(W=torch.arange(6.0).reshape(2, 3).requires_grad_(), b=torch.zeros(2).requires_grad_())
M = {k: 0.0 for k in params}
V = {k: 0.0 for k in params}
for t in range(1, 11):
    loss = (torch.tensor([10.0, 1, 0.01]) * (params["W"] - 1) ** 2).sum() + ((params["b"] + 2) ** 2).sum()
    grads = torch.autograd.grad(loss, list(params.values()))
    for (k, p), g in zip(params.items(), grads):
        M[k] = 0.9 * M[k] + 0.1 * g
        V[k] = 0.999 * V[k] + 0.001 * g**2
        p.data -= 0.1 * M[k] / (1 - 0.9**t) / (V[k] ** 0.5 + 0.01)
