import torch

class Line:
    def residuals(self, w, b, X, y):
        return torch.addmv(b.expand(len(y)), X, w) - y

    def mse(self, w, b, X, y):
        return torch.nn.functional.mse_loss(self.residuals(w, b, X, y), torch.zeros_like(y))

mse = Line().mse
loss = mse

@torch.no_grad()
def descend(parameters, rate):
    for p in parameters:
        p.copy_(p - rate * p.grad)
