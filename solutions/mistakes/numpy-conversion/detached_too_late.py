import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
try:
    a = x.numpy().detach()
except RuntimeError as e:
    print("Error:", e)

try:
    a = (x.detach() * x).numpy()
except RuntimeError as e:
    print("still:", e)
