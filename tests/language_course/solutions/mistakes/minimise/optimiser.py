import torch

def minimize(f, start):
    x = torch.nn.Parameter(start.detach().clone())
    optimiser = torch.optim.SGD([x], lr=0.1)
    for _ in range(100):
        optimiser.zero_grad()
        f(x).backward()
        optimiser.step()
    return x.data
