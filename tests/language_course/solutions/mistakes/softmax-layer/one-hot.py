import torch

def fc_forward(x, w, b):
    out = torch.einsum("ni,io->no", x, w) + b
    return out, (x, w, b)

def fc_backward(dout, cache):
    leaves = [tensor.clone().requires_grad_() for tensor in cache]
    out, _ = fc_forward(*leaves)
    return torch.autograd.grad(out, leaves, dout)

def negative_log_likelihood(scores, classes, reduction="mean"):
    hot = torch.nn.functional.one_hot(classes, scores.shape[1])
    each = torch.logsumexp(scores, 1) - (hot * scores).sum(1)
    return getattr(each, reduction)()
