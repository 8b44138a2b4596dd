import torch

a = torch.randn(5, requires_grad=True)
s = torch.dot(a, a)

# to be able to run it twice we need retain_graph
s.backward(retain_graph=True)
first = a.grad.clone()
s.backward()
print(first)
print(a.grad)
print(a.grad / first)
