import torch

def fc_forward(x, w, b):
    return [x @ w + b, {"x": x}]

def fc_backward(dout, cache):
    x, w, b = cache
    return dout @ w.T, x.T @ dout, dout.mean(0)

def nll(logits, labels, reduction):
    p = torch.softmax(logits, 1)
    return -torch.log(p.detach()[torch.arange(len(labels)), labels]).sum()
