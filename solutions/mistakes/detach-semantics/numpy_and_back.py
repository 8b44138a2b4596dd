import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
u = torch.from_numpy(y.detach().numpy().copy())
z = torch.dot(u, x)
z.backward()
print("z:", x.grad)
x.grad.zero_()
torch.sum(y).backward()
print("y:", x.grad)
