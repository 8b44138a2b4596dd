import torch


class Linear:
    def __init__(self, n_in, n_out):
        self.W = torch.randn(n_in, n_out) / n_in**0.5
        self.b = torch.zeros(n_out)
        self.dW, self.db = torch.zeros(n_in, n_out), torch.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(0)
        return dout @ self.W.T
