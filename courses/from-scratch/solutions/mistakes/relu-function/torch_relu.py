import torch
import torch.nn.functional as F

def relu(x):
    return F.relu(x)

x = torch.tensor([-1.0, 0.0, 2.0, 4.0], requires_grad=True)
w = torch.tensor([0.1, 0.2, 0.3, 0.4])
y = relu(x) @ w
y.backward()
print(x.grad)
