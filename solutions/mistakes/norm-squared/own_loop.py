import torch


def squared_norm(v):
    total = 0
    for element in v:
        total = total + element * element
    return total


x = torch.tensor([0.1, -0.2, 0.3], requires_grad=True)
result = squared_norm(x)
result.backward()
print(x.grad)
