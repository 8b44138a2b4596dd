import torch

def round_through(x):
    # value: x + (round(x) - x) = round(x)
    return x.detach() + (torch.round(x) - x)

def sign_through(x):
    y = (x >= 0).float()
    return y + x.clamp(-1, 1) - x.clamp(-1, 1).detach()

x = torch.tensor([0.4, 0.6, 1.7], requires_grad=True)
round_through(x).sum().backward()
print(x.grad)
