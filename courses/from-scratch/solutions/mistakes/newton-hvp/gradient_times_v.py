import torch


class Newton:
    def hvp(self, f, x, v):
        x = x.clone().requires_grad_(True)
        f(x).backward(create_graph=True)
        return x.grad * v

    def solve(self, f, x, g):
        p = torch.zeros_like(g)
        r = g.clone()
        d = r.clone()
        for _ in range(len(x)):
            Hd = torch.autograd.functional.hvp(f, x, d)[1]
            alpha = r.dot(r) / d.dot(Hd)
            p = p + alpha * d
            new = r - alpha * Hd
            if new.norm() < 1e-5 * g.norm():
                break
            d = new + new.dot(new) / r.dot(r) * d
            r = new
        return p

    def run(self, f, x, steps):
        for _ in range(steps):
            g = torch.autograd.functional.jacobian(f, x)
            x = x + self.solve(f, x, g)
        return x


newton = Newton()
