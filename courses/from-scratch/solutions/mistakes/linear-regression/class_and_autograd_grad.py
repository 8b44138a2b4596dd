import torch

x = torch.linspace(-1, 1, 64)
X = torch.stack([x, torch.cos(3 * x)], dim=1)
y = X @ torch.tensor([2.0, -3.0]) + 0.5

class LinearRegression:
    """y = Xw + b, trained by minibatch SGD."""

    def __init__(self, n_features):
        self.w = (0.1 * torch.randn(n_features)).requires_grad_()
        self.b = torch.tensor(0.0, requires_grad=True)

    @staticmethod
    def cost(w, b, X, y):
        residuals = torch.einsum("nd,d->n", X, w) + b - y
        return torch.sum(residuals**2) / residuals.numel()

    def fit(self, X, y, lr=0.25, batch=16, epochs=10):
        for _ in range(epochs):
            for rows in torch.randperm(len(X)).split(batch):
                cost = self.cost(self.w, self.b, X[rows], y[rows])
                dw, db = torch.autograd.grad(cost, [self.w, self.b])
                self.w = (self.w - lr * dw).detach().requires_grad_()
                self.b = (self.b - lr * db).detach().requires_grad_()
        return self


model = LinearRegression(2).fit(X, y)
print(model.w, model.b)
