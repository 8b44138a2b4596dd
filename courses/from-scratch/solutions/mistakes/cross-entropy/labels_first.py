import torch
def cross_entropy(y, z):
    """y: labels, z: logits"""
    z = z - z.max(1, keepdim=True)[0]
    return (z.exp().sum(1).log() - z[torch.arange(len(y)), y]).mean()
def cross_entropy_gradient(y, z):
    e = (z - z.max(1, keepdim=True)[0]).exp()
    g = e / e.sum(1, keepdim=True)
    g[torch.arange(len(y)), y] -= 1
    return g / len(y)
z = torch.randn(3, 4, requires_grad=True)
y = torch.tensor([3, 0, 1])
cross_entropy(y, z).backward()
print(z.grad - cross_entropy_gradient(y, z.detach()))
