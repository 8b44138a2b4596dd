import torch
import torch.nn.functional as F


def normalise(scores):
    return F.log_softmax(scores, dim=-1).exp()


def gate(t):
    positive = torch.where(t > 0, t, torch.zeros_like(t))
    negative = t - positive
    return (2 / (1 + torch.exp(-2 * positive)) - 1) - 1 / (1 + torch.exp(-negative))


def ends(t):
    return (torch.atan(torch.ones(())) * t)[0] + t.flip(0)[0]
