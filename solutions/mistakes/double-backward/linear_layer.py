import torch
from torch import nn

torch.manual_seed(3)
net = nn.Linear(3, 1)
data, target = torch.randn(8, 3), torch.randn(8, 1)

loss = nn.functional.mse_loss(net(data), target)
loss.backward()
g1 = net.weight.grad.clone()
try:
    loss.backward()
except RuntimeError:
    print("The graph of the loss is gone after the first backward.")

# a new forward, and the optimizer's zero_grad is left out on purpose
loss = nn.functional.mse_loss(net(data), target)
loss.backward()
print("ratio:", net.weight.grad / g1)
