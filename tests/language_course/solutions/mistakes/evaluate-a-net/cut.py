import torch
def evaluate(net, X, y, reduction):
    with torch.no_grad():
        out = net(X)
    return {"loss": torch.nn.functional.cross_entropy(out, y, reduction=reduction), "accuracy": (out.argmax(1) == y).sum().item() / len(y)}
