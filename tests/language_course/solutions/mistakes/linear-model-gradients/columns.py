import torch
from torch.autograd import grad

X = torch.arange(24.0).reshape(8, 3).sin()
y = X[:, :1] - 0.25
w = torch.randn(3, 1).requires_grad_()
b = torch.randn(1, 1).requires_grad_()
error = X.matmul(w).add(b).sub(y)
print(grad(torch.mean(error * error), [w, b]))
columns = [column - column.mean() for column in X.T]
centred = torch.stack(columns, dim=1)
