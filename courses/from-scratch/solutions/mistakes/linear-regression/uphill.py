import torch

x = torch.linspace(-1, 1, 64)
X = torch.stack([x, torch.cos(3 * x)], dim=1)
y = X @ torch.tensor([2.0, -3.0]) + 0.5

def loss(w, b, X, y):
    error = y - (X.mv(w) + b)
    return error.dot(error) / len(y)


w = torch.randn(2, requires_grad=True)
b = torch.randn((), requires_grad=True)
params = [w, b]
for epoch in range(10):
    for rows in torch.randperm(64).chunk(4):
        l = loss(*params, X[rows], y[rows])
        grads = torch.autograd.grad(l, params)
        for p, g in zip(params, grads):
            p.data += 0.25 * g  # add the gradient
print(w, b, l)
