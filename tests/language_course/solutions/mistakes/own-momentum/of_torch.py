import torch


class Momentum(torch.optim.Optimizer):
    def __init__(self, params, lr, momentum=0.9):
        super().__init__(params, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                state["v"] = group["momentum"] * state.get("v", 0) + p.grad
                p.add_(state["v"], alpha=-group["lr"])
