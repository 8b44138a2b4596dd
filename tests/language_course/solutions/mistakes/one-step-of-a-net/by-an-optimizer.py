import torch
from torch import nn

criterion = nn.MSELoss()


def fit_once(model, inputs, targets, rate):
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    optimizer.zero_grad()
    loss = criterion(model(inputs), targets)
    loss.backward()
    optimizer.step()
    return float(loss.detach())


remember = lambda cache, name, value: cache.update({name: value})


def freeze(model):
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not name.startswith("0.")
