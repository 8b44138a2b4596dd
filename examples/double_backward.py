"""Exercise 1: what happens when backward is run twice?"""
import torch

w = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
loss = (w ** 2).sum()

loss.backward()
print("after the first backward:")
print(w.grad)

try:
    loss.backward()
except RuntimeError as e:
    print("the second one fails:", e)

# The graph is used up after one backward. So I build it again each time.
for _ in range(2):
    loss = (w ** 2).sum()
    loss.backward()

print("after two more passes, without zeroing:")
print(w.grad)
print("three times 2 * w:", w.grad == 6 * w)
