def train(net, X, y, lr):
    loss = ((net(X) - y) ** 2).mean()
    loss.backward()
    for parameter in net.parameters():
        parameter -= lr * parameter.grad
    return loss.item()


def remember(cache, name, value):
    cache = cache | {name: value}
    return cache


def freeze(net):
    net.eval()
