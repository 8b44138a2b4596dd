import torch

x = torch.tensor([1.0, 2.0, 4.0], requires_grad=True)
y = x * x
# the gradient argument is needed, because y is a vector
y.backward(gradient=torch.tensor([1.0, 0.1, 0.01]))
print(x.grad)
