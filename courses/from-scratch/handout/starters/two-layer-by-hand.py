import torch

torch.manual_seed(0)
X, y = torch.randn(6, 3), torch.randn(6, 2)
W1, b1 = torch.randn(3, 4), torch.randn(4)
W2, b2 = torch.randn(4, 2), torch.randn(2)


def forward(X, W1, b1, W2, b2):
    ...


def gradients(X, y, W1, b1, W2, b2):
    ...
