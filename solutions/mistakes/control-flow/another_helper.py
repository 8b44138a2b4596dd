import torch


def to_millimetres(t):
    return 1000 * t


length = torch.tensor(2.5, requires_grad=True)
to_millimetres(length).backward()
print(length.grad)
