import torch


class LogSumExp:
    """log(sum(exp)) over the last dim"""

    def __call__(self, logits):
        c = logits.max(dim=-1, keepdim=True).values
        e = torch.exp(logits - c)
        return c + torch.log(torch.sum(e, dim=-1, keepdim=True))


lse = LogSumExp()
x = torch.tensor([[200.0, 201.0], [300.0, 305.0]], requires_grad=True)
out = lse(x)
print(out.shape, out)
out.backward(torch.ones_like(out))
print(x.grad)
