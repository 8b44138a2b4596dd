import torch


def cross_entropy(logits, labels):
    m = logits.max(-1, keepdim=True)[0]
    logsum = m[:, 0] + (logits - m).exp().sum(-1).log()
    return logsum - logits.gather(-1, labels[:, None])[:, 0]


def cross_entropy_gradient(logits, labels):
    m = logits.max(-1, keepdim=True)[0]
    p = (logits - m).exp()
    p = p / p.sum(-1, keepdim=True)
    hot = torch.zeros_like(p)
    hot[torch.arange(len(labels)), labels] = 1
    return (p - hot) / len(labels)


logits = torch.randn(5, 3, requires_grad=True)
labels = torch.randint(0, 3, (5,))
cross_entropy(logits, labels).sum().backward()
print(logits.grad / 5 - cross_entropy_gradient(logits, labels))
