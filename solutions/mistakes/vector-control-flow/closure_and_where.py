import torch


def build(limit, factor):
    """The control flow without an if: torch.where chooses the factor."""

    def chain(inp):
        cur = inp.mul(2)
        while torch.linalg.vector_norm(cur) < limit:
            cur = cur.mul(2)
        return torch.where(cur.sum() > 0, cur, factor * cur)

    return chain


g = build(1000, 100)
p = torch.tensor([2.0, -3.0, -4.0, 1.0], requires_grad=True)
q = g(p)
try:
    q.backward()
except RuntimeError as e:
    print(e)
(q * 1).sum().backward()
print(p.grad)
