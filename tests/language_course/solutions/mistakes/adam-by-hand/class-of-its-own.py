import torch


class Adam:
    def __init__(self, leaves, rate, one=0.9, other=0.999):
        self.leaves, self.rate, self.betas, self.count = list(leaves), rate, (one, other), 0
        self.kept = [(torch.zeros_like(leaf), torch.zeros_like(leaf)) for leaf in self.leaves]

    @torch.no_grad()
    def step(self):
        self.count += 1
        for leaf, (first, second) in zip(self.leaves, self.kept):
            first.lerp_(leaf.grad, 1 - self.betas[0])
            second.mul_(self.betas[1]).addcmul_(leaf.grad, leaf.grad, value=1 - self.betas[1])
            scale = (second / (1 - self.betas[1] ** self.count)).sqrt() + 1e-8
            leaf.addcdiv_(first, scale, value=-self.rate / (1 - self.betas[0] ** self.count))
            leaf.grad = None


net = torch.nn.ParameterList([torch.tensor([2.0, -1.0])])
adam = Adam(net.parameters(), 0.1)
for _ in range(10):
    ((net[0] - 1) ** 4).sum().backward()
    adam.step()
