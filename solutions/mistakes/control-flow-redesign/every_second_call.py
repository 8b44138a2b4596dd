import torch


class Switch:
    def __init__(self):
        self.calls = 0

    def run(self, x):
        self.calls += 1
        if self.calls % 2:
            return (x ** 2).sum()
        return (5 * x).sum()


switch = Switch()
x = torch.tensor([1.0, -2.0], requires_grad=True)
for _ in range(2):
    x.grad = None
    switch.run(x).backward()
    print(x.grad)
