import torch

for numbers in ([1.5, -2.0], [0.0, 1.0, 2.0, 3.0], [[4.0, 5.0], [6.0, -7.0]]):
    x = torch.tensor(numbers, dtype=torch.double, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.1)
    y = x * x
    u = y.detach()
    z = u * x
    z.sum().backward()
    print("u:", bool((x.grad == u).all()))
    optimizer.zero_grad()
    y.sum().backward()
    print("2x:", bool((x.grad == 2 * x).all()))
