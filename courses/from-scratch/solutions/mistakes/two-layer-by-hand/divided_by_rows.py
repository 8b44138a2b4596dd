import torch

torch.manual_seed(0)
X, y = torch.randn(6, 3), torch.randn(6, 2)
W1, b1 = torch.randn(3, 4), torch.randn(4)
W2, b2 = torch.randn(4, 2), torch.randn(2)



class TwoLayerNet:
    def forward(self, X, W1, b1, W2, b2):
        self.z = X.mm(W1) + b1
        self.h = self.z * (self.z > 0)
        return self.h.mm(W2) + b2

    def backward(self, X, y, W1, b1, W2, b2):
        n = X.shape[0]
        out = self.forward(X, W1, b1, W2, b2)
        g = 2.0 * (out - y) / n
        grads = {}
        grads["W2"] = self.h.T.mm(g)
        grads["b2"] = g.sum(0)
        g = g.mm(W2.T) * (self.z > 0)
        grads["W1"] = X.T.mm(g)
        grads["b1"] = g.sum(0)
        return [grads[k] for k in ("W1", "b1", "W2", "b2")]


net = TwoLayerNet()
params = [W1, b1, W2, b2]
[p.requires_grad_() for p in params]
loss = torch.mean((net.forward(X, *params) - y) ** 2)
auto = torch.autograd.grad(loss, params)
mine = net.backward(X, y, *params)
for a, m in zip(auto, mine):
    print((m / a).mean().item())  # always 2 ?!
