import torch


def cross_entropy(logits, labels):
    best = logits.max(dim=1).values
    # log-sum-exp minus the logit of the class
    return (torch.log(torch.exp(logits - best[:, None]).sum(dim=1)) + best - best).mean()


def cross_entropy_gradient(logits, labels):
    e = torch.exp(logits - logits.max(dim=1, keepdim=True).values)
    return e / e.sum(dim=1, keepdim=True) / len(logits)


a = torch.randn(5, 4, requires_grad=True)
b = torch.randint(0, 4, (5,))
cross_entropy(a, b).backward()
print(a.grad, cross_entropy_gradient(a, b))
