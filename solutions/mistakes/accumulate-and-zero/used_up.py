# Does it really add up?
import torch

x = torch.tensor([1.0, -2.0, 0.5], requires_grad=True)
loss = (x ** 2).sum()
loss.backward()
print("once: ", x.grad)

try:
    loss.backward()
except RuntimeError as problem:
    print("no second time:", problem)
print("twice:", x.grad)

x.grad.zero_()
print("empty:", x.grad)
