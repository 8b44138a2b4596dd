import torch


def softmax(z):
    e = torch.exp(z - z.max(dim=1, keepdim=True).values)
    return e / e.sum(dim=1, keepdim=True)


def cross_entropy(logits, labels, eps=1e-12):
    p = softmax(logits)
    onehot = torch.nn.functional.one_hot(labels, logits.shape[1])
    return -(onehot * torch.log(p + eps)).sum(dim=1).mean()  # eps: never log(0)


def cross_entropy_gradient(logits, labels):
    onehot = torch.nn.functional.one_hot(labels, logits.shape[1])
    return (onehot - softmax(logits)) / len(labels)


z = torch.randn(5, 3, requires_grad=True)
y = torch.randint(3, (5,))
cross_entropy(z, y).backward()
print(z.grad)
print(cross_entropy_gradient(z, y))
