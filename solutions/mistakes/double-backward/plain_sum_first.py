import torch

x = torch.arange(4.0, requires_grad=True)

# strange: this one can be run as often as I like
y = x.sum()
y.backward()
y.backward()
print(x.grad)

# because sum() does not have to remember x. A product has to:
y = (x * x).sum()
y.backward()
y.backward()
print("this line is never reached in a plain run")

x.grad.zero_()
for _ in range(2):
    y = (x * x).sum()
    y.backward()
print(x.grad, 4 * x)
