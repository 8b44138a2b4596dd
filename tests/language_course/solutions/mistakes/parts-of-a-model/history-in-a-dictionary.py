import torch

x = torch.tensor([[0.0], [1.0], [2.0], [3.0]])
y = torch.tensor([[1.0], [3.0], [5.0], [7.0]])


class Line(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.tensor(0.5))
        self.bias = torch.nn.Parameter(torch.tensor(-0.25))

    def forward(self, x):
        return self.weight * x + self.bias


line = Line()
opt = torch.optim.SGD(line.parameters(), 0.05)
log = {"loss": []}
for step in range(10):
    opt.zero_grad(set_to_none=False)
    loss = ((line(x) - y) ** 2).mean()
    loss.backward()
    opt.step()
    log["loss"].append(loss.detach())
