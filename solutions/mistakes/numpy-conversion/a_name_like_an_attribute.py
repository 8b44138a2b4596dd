import torch

data = [1.0, 2.0, 3.0]
x = torch.tensor(data, requires_grad=True)
try:
    x.numpy()
except RuntimeError as e:
    print(e)

detach = torch.tensor(data)
print(detach.numpy())
