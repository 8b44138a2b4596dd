import matplotlib.pyplot as plt
import torch


def plot(x, curves, names):
    fig, ax = plt.subplots(figsize=(6, 3))
    for y, name in zip(curves, names):
        ax.plot(x, y, label=name)
    ax.legend()
    return ax


X = torch.linspace(-8, 8, 90, requires_grad=True)
Y = torch.sin(X)
collected = torch.zeros(90)
for k in range(90):
    X.grad = None
    Y[k].backward(retain_graph=True)
    collected[k] = X.grad[k]

plot(X.detach().numpy(), [Y.detach().numpy(), collected.numpy()], ["sin", "slope"])
plt.show()
