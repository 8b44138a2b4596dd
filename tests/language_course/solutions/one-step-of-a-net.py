import torch


def train(net, X, y, lr):
    loss = ((net(X) - y) ** 2).mean()
    net.zero_grad()
    loss.backward()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter -= lr * parameter.grad
    return loss.item()


def remember(cache, name, value):
    cache[name] = value


def freeze(net):
    net[0].requires_grad_(False)
