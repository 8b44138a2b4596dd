import torch

def fc_forward(x, w, b):
    return x @ w + b

def fc_backward(dout, cache):
    x, w, b = cache
    return dout @ w.T, x.T @ dout

def nll(logits, labels, how):
    return torch.nn.functional.cross_entropy(logits, labels, reduction=how)
