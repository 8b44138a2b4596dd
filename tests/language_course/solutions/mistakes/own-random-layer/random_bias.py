import torch


class Linear:
    def __init__(self, n_in, n_out):
        self.W, self.b = 0.01 * torch.randn(n_in, n_out), torch.randn(n_out)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(0)
        return dout @ self.W.T
