import torch


def softmax(x, dim=0):
    x = torch.exp(x - x.max(dim=dim, keepdim=True)[0])
    return x / x.sum(dim=dim, keepdim=True)


class CrossEntropyLoss:
    def __call__(self, x, y):
        self.p, self.y = softmax(x), y
        return -self.p.gather(1, y.view(-1, 1)).log().mean()

    def grad(self, x, y):
        g = softmax(x).clone()
        g[torch.arange(len(y)), y] -= 1
        return g / len(y)


criterion = CrossEntropyLoss()
x = torch.randn(4, 3, requires_grad=True)
y = torch.tensor([2, 0, 1, 1])
criterion(x, y).backward()
print(x.grad - criterion.grad(x, y))
