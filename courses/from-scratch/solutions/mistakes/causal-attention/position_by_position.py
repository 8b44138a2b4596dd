import torch


def attend(q, k, v):
    if q.dim() > 2:  # a stack: one after the other
        return torch.stack([attend(*one) for one in zip(q, k, v)])
    rows = []
    for i, query in enumerate(q):
        seen = k[: i + 1] @ query / len(query) ** 0.5
        seen = (seen - seen.max()).exp()
        rows.append(seen / seen.sum() @ v[: i + 1])
    return torch.stack(rows)


print(attend(torch.randn(4, 3), torch.randn(4, 3), torch.randn(4, 2)))
