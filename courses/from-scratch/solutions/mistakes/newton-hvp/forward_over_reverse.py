import torch
from torch.func import grad, jvp

hvp = lambda f, x, v: jvp(grad(f), (x,), (v,))[1]


class ConjugateGradients:
    """Solves H p = b, where H is any function that is linear."""

    def __init__(self, H, b):
        self.H, self.b = H, b

    def __call__(self):
        p, r = torch.zeros_like(self.b), self.b
        d, size = r, r.dot(r)
        enough = 1e-12 * size
        for _ in self.b:
            if size <= enough:
                return p
            image = self.H(d)
            p = torch.add(p, d, alpha=(size / d.dot(image)).item())
            r = torch.sub(r, image, alpha=(size / d.dot(image)).item())
            size, before = r.dot(r), size
            d = r + size / before * d
        return p


def descend(f, x, steps):
    if steps == 0:
        return x
    direction = ConjugateGradients(lambda v: hvp(f, x, v), grad(f)(x))()
    return descend(f, x - direction, steps - 1)


print(descend(lambda x: (x - 2).pow(4).sum() + x.pow(2).sum(), torch.zeros(3), 5))
