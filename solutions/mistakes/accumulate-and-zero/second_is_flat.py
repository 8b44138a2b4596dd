import torch

t = torch.tensor([0.5, 1.5], requires_grad=True)

(3 * t).sum().backward()
print(t.grad)

# everything is below the threshold
torch.relu(t - 10).sum().backward()
print(t.grad, "nothing was overwritten")
