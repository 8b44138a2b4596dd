import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
data, target = torch.randn(6, 2), torch.randn(6, 1)


def loss():
    return nn.functional.mse_loss(model(data), target)


# two small batches, one step: the gradients are collected on purpose
loss().backward()
loss().backward()
print(model.weight.grad)
optimizer.step()

optimizer.zero_grad()
print(model.weight.grad)
loss().backward()
print(model.weight.grad)
