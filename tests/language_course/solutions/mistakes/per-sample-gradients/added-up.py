import torch

X = torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.5, 4.0]])
y = torch.tensor([1.0, 2.0, 3.0])
w = torch.tensor([0.5, -1.0], requires_grad=True)

grads = torch.zeros(3, 2)
for i in range(3):
    ((X[i] @ w - y[i]) ** 2).backward()
    grads[i] = w.grad
