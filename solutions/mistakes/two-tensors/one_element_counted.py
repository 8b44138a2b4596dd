import torch

x = torch.tensor(3.0, requires_grad=True)
y = torch.ones(2, 2, requires_grad=True)

# x is a number, so I put it into one element and keep the others constant
c = x.detach()
big = torch.stack([x, c, c, c]).reshape(2, 2)
z = (2 * big ** 2 + 2 * y ** 2).mean()
z.backward()
print(x.grad, y.grad)
# both are divided by the 4 of the mean
