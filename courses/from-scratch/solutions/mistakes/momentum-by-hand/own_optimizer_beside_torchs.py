import torch
from torch.optim import Optimizer


class Momentum(Optimizer):
    def __init__(self, params, lr, mu):
        super().__init__(params, dict(lr=lr, mu=mu))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                buf = self.state[p].setdefault("v", torch.zeros_like(p))
                buf.mul_(group["mu"]).add_(p.grad)
                p.add_(buf, alpha=-group["lr"])


def loss_fn(w, b):
    return torch.dot(torch.tensor([1.0, 4.0, 9.0]), (w - 1) ** 2) + (b + 2) ** 2


def run(make):
    w = torch.nn.Parameter(torch.zeros(3))
    b = torch.nn.Parameter(torch.tensor(0.0))
    opt = make([w, b])
    for t in range(12):
        for g in opt.param_groups:
            g["lr"] = 0.05 * 0.8**t
        opt.zero_grad()
        loss_fn(w, b).backward()
        opt.step()
    return w.detach(), b.detach()


mine = run(lambda ps: Momentum(ps, 0.05, 0.9))
theirs = run(lambda ps: torch.optim.SGD(ps, 0.05, momentum=0.9))
print(mine, theirs, all(torch.allclose(x, y) for x, y in zip(mine, theirs)))
