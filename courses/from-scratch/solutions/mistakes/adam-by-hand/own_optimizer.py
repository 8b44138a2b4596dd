import torch


class MyAdam(torch.optim.Optimizer):
    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                st = self.state[p]
                if not st:
                    st.update(t=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
                st["t"] += 1
                st["m"].lerp_(p.grad, 1 - b1)
                st["v"].mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                denom = st["v"].sqrt() / (1 - b2 ** st["t"]) ** 0.5 + group["eps"]
                p.addcdiv_(st["m"], denom, value=-group["lr"] / (1 - b1 ** st["t"]))


class Problem(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.W = torch.nn.Parameter(torch.arange(6.0).reshape(2, 3))
        self.b = torch.nn.Parameter(torch.zeros(2))
        self.register_buffer("scale", torch.tensor([10.0, 1.0, 0.01]))

    def forward(self):
        return torch.einsum("j,ij->", self.scale, (self.W - 1) ** 2) + (self.b + 2).square().sum()


results = []
for make in (lambda p: MyAdam(p, lr=0.1, eps=0.01), lambda p: torch.optim.Adam(p, lr=0.1, eps=0.01)):
    problem = Problem()
    opt = make(problem.parameters())
    for _ in range(10):
        opt.zero_grad()
        problem().backward()
        opt.step()
    results.append(torch.cat([p.detach().flatten() for p in problem.parameters()]))
print((results[0] - results[1]).abs().max())
