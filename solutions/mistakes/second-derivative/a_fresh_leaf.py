import torch


def h(x):
    return x ** 3 * torch.sin(x)


def first(x):
    x = x.clone().detach().requires_grad_(True)
    y = h(x)
    y.backward(create_graph=True)
    return x.grad


x = torch.tensor(1.0, requires_grad=True)
s = first(x)
s.backward()
print(s, x.grad)
