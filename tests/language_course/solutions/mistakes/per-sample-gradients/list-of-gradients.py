import torch

X = torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.5, 4.0]])
y = torch.tensor([1.0, 2.0, 3.0])
w = torch.tensor([0.5, -1.0], requires_grad=True)

grads = []
for a, b in zip(X, y):
    grads.append(torch.autograd.grad((a @ w - b) ** 2, w)[0])
