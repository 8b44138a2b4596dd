import torch


def plot_ready(values):
    return values.numpy()


try:
    plot_ready(torch.ones(3, requires_grad=True))
except RuntimeError as error:
    print(error)
