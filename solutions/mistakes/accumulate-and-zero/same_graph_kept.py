import torch

x = torch.tensor([0.5, 1.0, 2.0], requires_grad=True)
y = torch.log(x)
y.backward(torch.ones(3), retain_graph=True)
y.backward(torch.ones(3), retain_graph=True)
print(x.grad * x)

x.grad.data.mul_(0)
y.backward(torch.ones(3))
print(x.grad * x)
