import torch

cell = torch.nn.RNNCell(3, 3, bias=False)
del cell.weight_ih, cell.weight_hh
cell.weight_ih = torch.eye(3)


def states(x, W):
    cell.weight_hh = W.float()
    h = torch.zeros(1, 3)
    for t in x.float():
        h = cell(t[None], h)
    return h[0]
