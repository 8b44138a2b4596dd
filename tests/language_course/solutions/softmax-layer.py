import torch


def fc_forward(x, w, b):
    return x @ w + b, (x, w, b)


def fc_backward(dout, cache):
    x, w, _ = cache
    return dout @ w.T, x.T @ dout, dout.sum(0)


def nll(logits, labels, reduction):
    rows = torch.log_softmax(logits, 1)[torch.arange(len(labels)), labels]
    return -rows.mean() if reduction == "mean" else -rows.sum()
