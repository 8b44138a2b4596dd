import torch


def train(net, X, y, lr):
    loss = ((net(X) - y) ** 2).mean()
    loss.backward()
    for layer in net[1:]:
        for parameter in layer.parameters():
            parameter.data -= lr * parameter.grad
    X *= 2
    return loss.item()


def remember(cache, name, value):
    cache.clear()
    cache[name] = value


def freeze(net):
    net.requires_grad_(False)
