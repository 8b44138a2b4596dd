import random
import torch


class Dropout(torch.nn.Module):
    def __init__(self, prob):
        super().__init__()
        self.prob = prob

    def forward(self, x):
        return self._noisy(x) if self.training else x

    def _noisy(self, x):
        out = []
        for value in x.flatten():
            if random.random() < self.prob:
                out.append(value * 0)
            else:
                out.append(value / (1 - self.prob))
        return torch.stack(out).view(x.shape)


layer = Dropout(0.4)
x = torch.full((4, 5), 2.0, requires_grad=True)
y = layer(x)
y.sum().backward()
print(y)
print(x.grad)
