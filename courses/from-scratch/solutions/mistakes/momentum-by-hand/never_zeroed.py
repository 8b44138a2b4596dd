import torch


class SGDMomentum:
    def __init__(self, params, momentum=0.9):
        self.params = list(params)
        self.momentum = momentum
        self.state = {p: torch.zeros_like(p) for p in self.params}

    def step(self, lr):
        with torch.no_grad():
            for p in self.params:
                self.state[p] = self.momentum * self.state[p] + p.grad
                p -= lr * self.state[p]


c = torch.tensor([1.0, 4.0, 9.0])
w = torch.zeros(3, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
opt = SGDMomentum([w, b])
for t in range(12):
    loss = (c * (w - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    opt.step(0.05 * 0.8**t)
print(w, b)
