import torch


class WGAN:
    def penalty(self, critic, real, fake, t):
        z = torch.lerp(fake, real, t).requires_grad_()
        (g,) = torch.autograd.grad(critic(z).mean(), z, create_graph=True)
        length = torch.sqrt((g * g).sum(dim=1))
        return torch.mean((length - 1.0) ** 2)

    def loss(self, critic, real, fake, t, weight):
        # 10 is what the paper takes
        return critic(fake).mean() - critic(real).mean() + self.penalty(critic, real, fake, t)


gan = WGAN()
