import torch
from torch.autograd.functional import jacobian


class Critic(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.body = torch.nn.Sequential(torch.nn.Linear(2, 5), torch.nn.Tanh(), torch.nn.Linear(5, 1))

    def forward(self, x):
        return self.body(x)


class Trainer:
    """The whole Jacobian has zeros wherever a point has nothing to do with an answer."""

    def penalty(self, critic, real, fake, t):
        points = t * real + (1 - t) * fake
        rows = jacobian(lambda p: critic(p).sum(0), points, create_graph=True)
        return ((rows.reshape(points.shape).norm(dim=1) - 1) ** 2).mean()

    def loss(self, critic, real, fake, t, weight=10.0):
        both = critic(torch.cat([fake, real]))
        fake_answers, real_answers = both.chunk(2)
        return fake_answers.mean() - real_answers.mean() + weight * self.penalty(critic, real, fake, t)


trainer, critic = Trainer(), Critic()
trainer.loss(critic, torch.randn(4, 2), torch.randn(4, 2), torch.rand(4, 1)).backward()
