import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = (x ** 2).sum()
y.backward()
print(x.grad)

# y.backward()
print("RuntimeError: Trying to backward through the graph a second time (or directly access saved tensors after "
      "they have already been freed).")

# with zeroing it works again
x.grad.zero_()
y = (x ** 2).sum()
y.backward()
print(x.grad)
