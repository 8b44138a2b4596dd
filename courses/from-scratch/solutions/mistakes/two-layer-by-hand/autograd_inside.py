import torch

torch.manual_seed(0)
X, y = torch.randn(6, 3), torch.randn(6, 2)
W1, b1 = torch.randn(3, 4), torch.randn(4)
W2, b2 = torch.randn(4, 2), torch.randn(2)


def forward(X, W1, b1, W2, b2):
    return (X @ W1 + b1).relu() @ W2 + b2


def gradients(X, y, W1, b1, W2, b2):
    params = [p.detach().clone().requires_grad_() for p in (W1, b1, W2, b2)]
    loss = ((forward(X, *params) - y) ** 2).mean()
    loss.backward()
    return [p.grad for p in params]


for g in gradients(X, y, W1, b1, W2, b2):
    print(g)
