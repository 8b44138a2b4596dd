import torch

x = torch.tensor([1.0, 2.0, 3.0])
try:
    a = x.numpy()
    print("no error?", a)
except RuntimeError as e:
    print(e)
