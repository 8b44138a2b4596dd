# 目标网络
import copy
import torch
from torch.nn.utils import parameters_to_vector, vector_to_parameters


def loss(online, target, s, a, r, s2, done, gamma):
    # 预测值
    pred = torch.einsum("na,na->n", online(s), torch.eye(4)[a])
    goal = torch.where(done > 0.5, r, r + gamma * target(s2).detach().amax(1))
    return torch.nn.MSELoss()(pred, goal)


def update(online, target, tau):
    new = (1 - tau) * parameters_to_vector(target.parameters()) + tau * parameters_to_vector(online.parameters())
    with torch.no_grad():
        vector_to_parameters(new, target.parameters())


net = torch.nn.Sequential(torch.nn.Linear(3, 16), torch.nn.Tanh(), torch.nn.Linear(16, 4))
tgt = copy.deepcopy(net)
for p in tgt.parameters():
    p.requires_grad_(False)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(10):
    l = loss(net, tgt, torch.randn(8, 3), torch.randint(4, (8,)), torch.randn(8), torch.randn(8, 3), (torch.rand(8) < .3).float(), 0.9)
    opt.zero_grad()
    l.backward()
    opt.step()
    update(net, tgt, 0.1)
