import torch

x = torch.linspace(-1, 1, 9)
y = 3 * x - 1


class Line:
    def __init__(self):
        self.slope = torch.zeros(1, requires_grad=True)
        self.start = torch.zeros(1, requires_grad=True)

    def loss(self):
        return ((self.slope * x + self.start - y) ** 2).mean()


line = Line()
optimizer = torch.optim.SGD([line.slope, line.start], lr=0.1)
for _ in range(10):
    optimizer.zero_grad()
    line.loss().backward()
    optimizer.step()
