import torch


class Drawing:
    def plot_ready(self, values):
        try:
            return [values.numpy()]
        except RuntimeError:
            return [values.detach().numpy()]


def draw():
    return Drawing().plot_ready(torch.linspace(0, 1, 3, requires_grad=True))


draw()
