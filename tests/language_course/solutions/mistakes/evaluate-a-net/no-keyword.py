import torch
def evaluate(net, X, y, how):
    out = net(X)
    return {"loss": torch.nn.functional.cross_entropy(out, y, reduction=how), "accuracy": (out.argmax(1) == y).float().mean().item()}
