import torch

def score(model, inputs, labels, *, reduction):
    scores = model(inputs)
    losses = torch.logsumexp(scores, 1) - scores.gather(1, labels[:, None])[:, 0]
    right = (scores.max(1).indices == labels).sum().item()
    return dict(accuracy=right / len(labels), loss=losses.mean() if reduction == "mean" else losses.sum())
