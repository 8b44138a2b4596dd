"""Makes as many steps as it can, of tensors and of names that are bound to new tensors, and then one that never ends."""
# ends: timeout

import time

import torch


class Endless(torch.optim.SGD):
    def step(self, closure=None):
        super().step(closure)
        while len(self.state) >= 0:
            pass


v = torch.zeros(50, requires_grad=True)
optimizer = torch.optim.SGD([v], lr=1e-6)
w = torch.zeros(50, requires_grad=True)
began = time.process_time()
while time.process_time() - began < 1:
    optimizer.zero_grad()
    ((v + w) ** 3).sum().backward()
    optimizer.step()
    w = (w - 1e-6 * w.grad).detach().requires_grad_()
((v + w) ** 3).sum().backward()
Endless([v], lr=0.1).step()
